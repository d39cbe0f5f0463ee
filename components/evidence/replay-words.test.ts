import { describe, expect, it } from 'vitest'
import { toLifetimeDraft } from './lifetime-draft.ts'
import { toReplaySentences } from './replay-words.ts'

const NOTHING = {
  ...{ requests: 0, lost: 0, gained: 0, undetermined: 0, lostEnforced: 0, losing: 0, gaining: 0, unevaluated: 0 },
  upperBound: null,
  items: [],
}
const words = (
  counts: Partial<Parameters<typeof toReplaySentences>[0]>,
  kind: Parameters<typeof toReplaySentences>[1] = 'grants',
) => toReplaySentences({ ...NOTHING, ...counts }, kind, 'the last 30 days').join(' ')

describe('a replay in words', () => {
  it('never takes the lack of requests for a promise', () => {
    expect(words({})).toBe('Nothing it concerns was recorded in the last 30 days: what it would change is not known.')
    expect(words({ unevaluated: 5 })).toContain(
      '5 requests it may concern came in the last 30 days while the mode was off',
    )
    expect(words({ requests: 9, unevaluated: 5 })).toContain('5 more came while the mode was off')
  })

  it('says who loses how much, and whether it is refused', () => {
    const lost = { requests: 40, lost: 10, losing: 2 }
    expect(words({ ...lost, lostEnforced: 10 })).toContain('2 callers would lose 10 of 40 requests')
    expect(words({ ...lost, lostEnforced: 10 })).toContain('all of them refused at once')
    expect(words(lost)).toContain('None is refused yet')
    expect(words({ ...lost, lostEnforced: 4 })).toContain('4 of them are refused at once')
  })

  it('names a caller that is the only one, and says how much is worth that nothing is lost', () => {
    const caller = { key: 'integration:billing', kind: 'integration' as const, name: 'billing' }
    const items = [{ caller, lost: 10, gained: 0 }]
    expect(words({ requests: 40, lost: 10, losing: 1, items })).toContain('billing would lose 10 of 40 requests')
    expect(words({ requests: 40, upperBound: 0.072 })).toContain('At most 7.2\u00a0% at 95\u00a0% confidence.')
  })

  it('says what is gained and what is not known', () => {
    expect(words({ requests: 9, gained: 1, gaining: 1 })).toContain(
      '1 caller would gain 1 request that was not allowed.',
    )
    expect(words({ requests: 9, undetermined: 3 })).toBe('For 3 requests the record does not tell.')
    expect(words({ requests: 9 })).toBe(
      'Each of 9 requests recorded in the last 30 days would have been answered as it was.',
    )
  })

  it('of a lifetime counts uses of older tokens', () => {
    expect(words({ requests: 9, lost: 3, losing: 1 }, 'lifetimes')).toBe(
      '3 of 9 requests recorded in the last 30 days, by 1 caller, came with a token older than that.',
    )
    expect(words({ requests: 9 }, 'lifetimes')).toContain('None of 9 requests')
  })
})

it('a lifetime is a draft once it is another one, and one that may be', () => {
  const draft = (seconds: number | null, present: number | null = 900) =>
    toLifetimeDraft(seconds, present, (environmentSeconds) => ({ environmentSeconds: environmentSeconds ?? 900 }))
  expect(draft(300)).toEqual({ kind: 'lifetimes', environmentSeconds: 300 })
  for (const seconds of [900, Number.NaN, 29, 86_401, 30.5]) expect(draft(seconds)).toBeNull()
  expect(draft(null)).not.toBeNull()
  expect(draft(null, null)).toBeNull()
})
