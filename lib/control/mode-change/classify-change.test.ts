import { describe, expect, it } from 'vitest'
import { classifyChange, toGate, type ChangeKind } from './classify-change.ts'

const cases: [string, string, ChangeKind][] = [
  ['off 100', 'log-only 100', 'neutral'],
  ['log-only 100', 'off 100', 'neutral'],
  ['off 100', 'off 30', 'none'],
  ['log-only 100', 'enforce 1', 'lowering'],
  ['off 100', 'enforce 100', 'lowering'],
  ['enforce 10', 'enforce 11', 'lowering'],
  ['enforce 10', 'enforce 10', 'none'],
  ['enforce 10', 'enforce 9', 'going-back'],
  ['enforce 1', 'log-only 100', 'going-back'],
  ['enforce 100', 'off 100', 'going-back'],
]

const gate = (text: string) => {
  const [mode, percent] = text.split(' ')
  return toGate(mode as 'off' | 'log-only' | 'enforce', Number(percent))
}

describe('a change of modes', () => {
  it.each(cases)('from %s to %s is %s', (from, to, kind) => {
    expect(classifyChange(gate(from), gate(to))).toBe(kind)
  })
})
