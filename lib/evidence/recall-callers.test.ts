import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Rule } from '../policy/rule.ts'
import type { DatedFacts, EarlierFacts } from './dated-facts.ts'
import { findDoubtfulAges } from './find-doubtful-ages.ts'
import { observedSince } from './observed-since.ts'
import { recallCallers } from './recall-callers.ts'
import { replayRule } from './replay-rule.ts'
import { summariseCallers } from './summarise-callers.ts'

const DAY_MS = 86_400_000
const NOW = new Date('2026-02-01T00:00:00Z')
const daysAgo = (days: number): Date => new Date(NOW.getTime() - days * DAY_MS)
const WINDOW_FROM = daysAgo(7)
const NEEDS: Rule = { access: 'token', requirements: [{ kind: 'scopes', allOf: ['orders:read'] }] }

interface Span {
  readonly from: number
  readonly to: number
  readonly caller?: string | null
  readonly scopes?: readonly string[]
  readonly evaluated?: boolean
}

const facts = ({ from, to, caller = 'billing', scopes = ['orders:read'], evaluated = true }: Span): DatedFacts => ({
  ...{
    signatureId: '1',
    endpointId: '1',
    evaluated,
    replayed: false,
    mode: 'log-only',
    outcome: 'allowed',
    reason: null,
  },
  ...{ tokenProblem: caller === null ? 'token-missing' : null, callerKind: caller === null ? 'anonymous' : 'service' },
  ...{ caller, callerHint: null, issuer: null, scopes, sender: 'none', context: null, count: 10, tokenAges: null },
  ...{ firstAt: daysAgo(from), lastAt: daysAgo(to), recordedFrom: daysAgo(from) },
})
const earlier = (span: Span & { readonly pauseDays?: number }): EarlierFacts => ({
  ...facts(span),
  longestPauseHours: (span.pauseDays ?? 0) * 24,
})
const WRONG = { scopes: [] } as const
const recall = (recorded: readonly DatedFacts[], before: readonly EarlierFacts[]) => {
  const { returning, allowed } = recallCallers({ rule: NEEDS, recorded, earlier: before, now: NOW })
  return { returning: returning.map(({ name }) => name), allowed: allowed.map(({ name }) => name) }
}

describe('what was recorded before the window', () => {
  test('is of a caller that is gone: by what it sent it would be allowed, or may come back and be denied', () => {
    expect(recall([], [earlier({ from: 21, to: 21 })])).toEqual({ returning: [], allowed: ['billing'] })
    expect(recall([], [earlier({ from: 21, to: 21, ...WRONG })])).toEqual({ returning: ['billing'], allowed: [] })
  })

  test('holds the monthly job of a caller that is in the window with another', () => {
    const daily = facts({ from: 35, to: 0 })
    expect(recall([daily], [earlier({ from: 30, to: 30, ...WRONG })]).returning).toEqual(['billing'])
  })

  test('holds anonymous callers, of whom nothing but their program is known', () => {
    expect(recall([], [earlier({ from: 21, to: 21, caller: null })]).returning).toEqual(['unknown client'])
  })

  test('is forgiven where the caller sends something else in its place', () => {
    const repaired = facts({ from: 12, to: 0 })
    const daily = earlier({ from: 14, to: 12, pauseDays: 1, ...WRONG })
    expect(recall([repaired], [daily])).toEqual({ returning: [], allowed: [] })
  })

  test('is not forgiven where it came once, or stayed away as long before', () => {
    const newJob = facts({ from: 12, to: 0 })
    expect(recall([newJob], [earlier({ from: 14, to: 14, ...WRONG })]).returning).toEqual(['billing'])
    const everyThreeWeeks = { ...earlier({ from: 14, to: 14, ...WRONG }), recordedFrom: daysAgo(35) }
    expect(recall([newJob], [everyThreeWeeks]).returning).toEqual(['billing'])
  })

  test('is over where it left the rhythm it kept, and not after a few days of one', () => {
    const long = { from: 30, to: 9, caller: null, pauseDays: 1 }
    expect(recall([], [earlier(long)]).returning).toEqual([])
    expect(recall([], [earlier({ ...long, pauseDays: 5 })]).returning).toEqual(['unknown client'])
    expect(recall([], [earlier({ ...long, from: 12 })]).returning).toEqual(['unknown client'])
  })

  test('returns only where the rule would not allow it, and each caller is named once', () => {
    const span = fc.record({
      from: fc.integer({ min: 21, max: 34 }),
      to: fc.integer({ min: 8, max: 20 }),
      caller: fc.constantFrom('billing', 'orders', null),
      scopes: fc.constantFrom(['orders:read'], ['stock:read'], []),
      pauseDays: fc.integer({ min: 0, max: 13 }),
    })
    fc.assert(
      fc.property(fc.array(span, { maxLength: 5 }), fc.array(span, { maxLength: 5 }), (before, present) => {
        const recorded = present.map((each) => facts({ ...each, to: 0 }))
        const known = before.map(earlier)
        const recalled = recallCallers({ rule: NEEDS, recorded, earlier: known, now: NOW })
        const denied = summariseCallers(replayRule(known, NEEDS)).filter(({ wouldDeny }) => wouldDeny > 0)
        const keys = recalled.returning.map(({ key }) => key)
        expect(denied.map(({ caller }) => caller.key)).toEqual(expect.arrayContaining(keys))
        const all = [...keys, ...recalled.allowed.map(({ key }) => key)]
        expect(new Set(all).size).toBe(all.length)
      }),
    )
  })
})

describe('the observation', () => {
  const since = (recorded: readonly DatedFacts[], before: readonly DatedFacts[] = []) =>
    observedSince(recorded, before, WINDOW_FROM)

  test('goes back to the start of the window where the endpoint was known before, however quiet it was', () => {
    expect(since([facts({ from: 20, to: 0 })])).toEqual(WINDOW_FROM)
    expect(since([facts({ from: 1, to: 0 })], [facts({ from: 20, to: 12 })])).toEqual(WINDOW_FROM)
  })

  test('begins with the first request of an endpoint that is new, and anew after requests that were only counted', () => {
    expect(since([facts({ from: 3, to: 0 })])).toEqual(daysAgo(3))
    expect(since([facts({ from: 20, to: 0 }), facts({ from: 5, to: 2, evaluated: false })])).toEqual(daysAgo(2))
  })

  test('is none where nothing was looked at', () => {
    expect(since([facts({ from: 5, to: 2, evaluated: false })])).toBeNull()
  })
})

describe('ages that were all within the limit', () => {
  const limited: Rule = { access: 'token', requirements: [{ kind: 'max-token-age', seconds: 300 }] }
  const ages = [10, ...new Array<number>(16).fill(0)]
  const doubtful = (count: number, lifetime?: number) => {
    const callers = summariseCallers(
      replayRule([{ ...facts({ from: 5, to: 0 }), count, tokenAges: [count, ...ages.slice(1)] }], limited),
    )
    return findDoubtfulAges(callers, limited, new Map(lifetime === undefined ? [] : [['billing', lifetime]])).length
  }

  test('say little of a caller with few requests whose tokens may get older', () => {
    expect([doubtful(5, 900), doubtful(5)]).toEqual([1, 1])
    expect([doubtful(5, 300), doubtful(400, 900)]).toEqual([0, 0])
  })

  test('do not matter without a limit', () => {
    const callers = summariseCallers(replayRule([facts({ from: 5, to: 0 })], NEEDS))
    expect(findDoubtfulAges(callers, NEEDS, new Map())).toEqual([])
  })
})
