import { describe, expect, it } from 'vitest'
import type { ModeChangePreview } from '#lib/client/object-types.ts'
import { changeDemands, groupDeniedCallers } from './change-demands.ts'
import { changeDirection, toModeWords, type ModeSetting } from './change-direction.ts'

type Item = ModeChangePreview['items'][number]
type Denied = Item['deniedCallers'][number]

const OFF: ModeSetting = { mode: 'off', percent: 100 }
const LOG_ONLY: ModeSetting = { mode: 'log-only', percent: 100 }
const enforce = (percent: number): ModeSetting => ({ mode: 'enforce', percent })

const denied = (name: string, wouldDeny: number) =>
  ({ caller: { key: `service:${name}`, kind: 'service', name }, wouldDeny }) as Denied // the two fields that are read
const item = (
  from: ModeSetting,
  to: ModeSetting,
  readiness: Item['evidence']['readiness'],
  deniedCallers: Denied[] = [],
) => ({ from, to, evidence: { readiness }, deniedCallers }) as Item // the fields that are read

describe('direction of a change', () => {
  it('lowers towards enforce and towards more callers', () => {
    expect(changeDirection(OFF, LOG_ONLY)).toBe('lowers')
    expect(changeDirection(LOG_ONLY, enforce(1))).toBe('lowers')
    expect(changeDirection(enforce(10), enforce(50))).toBe('lowers')
    expect(changeDirection(enforce(50), LOG_ONLY)).toBe('raises')
    expect(changeDirection(LOG_ONLY, LOG_ONLY)).toBe('same')
  })

  it('takes the percent of a mode that has none for nothing', () => {
    expect(changeDirection({ mode: 'log-only', percent: 10 }, LOG_ONLY)).toBe('same')
    expect(toModeWords(enforce(10))).toBe('enforce for 10 % of callers')
    expect(toModeWords(enforce(100))).toBe('enforce')
  })
})

describe('what a change demands', () => {
  it('asks nothing of an enforcement that is ready', () => {
    expect(changeDemands([item(LOG_ONLY, enforce(100), 'ready')])).toEqual({ acknowledgement: false, reason: false })
  })

  it('asks for an acknowledgement with a reason where evidence is missing', () => {
    expect(changeDemands([item(LOG_ONLY, enforce(100), 'not-enough-evidence')])).toEqual({
      acknowledgement: true,
      reason: true,
    })
  })

  it('asks the same where a caller would be denied', () => {
    expect(changeDemands([item(LOG_ONLY, enforce(100), 'not-ready', [denied('billing', 3)])]).acknowledgement).toBe(
      true,
    )
  })

  it('asks for a reason alone on the way back', () => {
    expect(changeDemands([item(enforce(100), LOG_ONLY, 'not-ready')])).toEqual({ acknowledgement: false, reason: true })
  })

  it('names a caller of several endpoints once', () => {
    const items = [
      item(LOG_ONLY, enforce(100), 'not-ready', [denied('billing', 3), denied('exports', 9)]),
      item(LOG_ONLY, enforce(100), 'not-ready', [denied('billing', 4)]),
    ]
    expect(groupDeniedCallers(items).map(({ key, wouldDeny, endpoints }) => [key, wouldDeny, endpoints])).toEqual([
      ['service:exports', 9, 1],
      ['service:billing', 7, 2],
    ])
  })
})
