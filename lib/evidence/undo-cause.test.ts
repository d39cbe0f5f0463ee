import { describe, expect, test } from 'vitest'
import { isEnforcedFor } from '../policy/evaluate.ts'
import { describeUndoCause, findUndoCause } from './undo-cause.ts'

const LOG_ONLY = { mode: 'log-only', percent: 100 } as const
const denied = (callerKey: string, count: number) => ({ callerKey, denied: count })

describe('the cause of an undo', () => {
  test('is a caller that was denied often enough by itself', () => {
    const unforeseen = [denied('service:legacy', 4), denied('service:old', 3), denied('anonymous:curl', 9)]
    const cause = findUndoCause({ from: LOG_ONLY, undoFromDenials: 4 }, unforeseen)
    expect(cause.map(({ callerKey }) => callerKey)).toEqual(['service:legacy', 'anonymous:curl'])
    expect(findUndoCause({ from: LOG_ONLY, undoFromDenials: 10 }, unforeseen)).toEqual([])
  })

  test('is none that was refused before as well: going back would not help it', () => {
    const names = Array.from({ length: 40 }, (_, index) => `caller-${index}`)
    const cause = findUndoCause(
      { from: { mode: 'enforce', percent: 50 }, undoFromDenials: 1 },
      names.map((name) => denied(`service:${name}`, 1)),
    )
    const outside = names.filter((name) => !isEnforcedFor(name, 'enforce', 50))
    expect(outside.length).toBeGreaterThan(0)
    expect(outside.length).toBeLessThan(40)
    expect(cause.map(({ callerKey }) => callerKey)).toEqual(outside.map((name) => `service:${name}`))
  })

  test('may be people, who stand one by one, and anonymous callers, who are refused at all callers only', () => {
    const both = [denied('user:user@staff', 1), denied('anonymous:curl', 1)]
    expect(findUndoCause({ from: { mode: 'enforce', percent: 50 }, undoFromDenials: 1 }, both)).toEqual(both)
  })

  test('is named, with how often', () => {
    const cause = ['a', 'b', 'c', 'd'].map((name) => denied(`service:${name}`, 1_000))
    expect(describeUndoCause(cause)).toBe('a (1,000 requests), b (1,000 requests), c (1,000 requests) and 1 more')
    expect(describeUndoCause([denied('user:user@staff', 1)])).toBe('user@staff (1 request)')
  })
})
