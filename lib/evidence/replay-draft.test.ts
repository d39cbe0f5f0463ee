import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { factsArbitrary, ruleArbitrary } from '../policy/arbitraries.ts'
import { evaluate } from '../policy/evaluate.ts'
import type { Rule } from '../policy/rule.ts'
import { MODES, TOKEN_AGE_EDGES_SECONDS } from '../policy/vocabulary.ts'
import { agesOf, recorded, toRecord, toRule } from './arbitraries.ts'
import { compareFleets, type ComparedSignature } from './compare-fleets.ts'
import { applyDraft, scopeKey, tokenKey, type Draft, type Lifetimes } from './draft.ts'
import { presentFleet, type Fleet, type FleetGate } from './fleet.ts'
import { judgeNoLoss } from './judge-no-loss.ts'
import type { RecordedFacts } from './recorded-facts.ts'
import { replayDraft } from './replay-draft.ts'
import { splitAtLimits } from './split-at-limits.ts'
import { splitByTokenAge } from './split-by-token-age.ts'
import { usesOlderThan } from './token-age-counts.ts'

const SERVICE = 'service'
const ENDPOINT = 'endpoint'
const SCOPES = ['orders:read', 'orders:refund', 'stock:read', 'stock:write'] as const
const LOG_ONLY: FleetGate = { mode: 'log-only', percent: 100 }

const endpointsOf = (rule: Rule, gate: FleetGate = LOG_ONLY): Fleet['endpoints'] =>
  new Map([[ENDPOINT, { serviceId: SERVICE, rule, gate }]])
const here = (facts: RecordedFacts): RecordedFacts => ({ ...facts, endpointId: ENDPOINT })
const rule = (...requirements: Rule['requirements']): Rule => ({ access: 'token', requirements })

const rules = ruleArbitrary.map(toRule)
const gates: fc.Arbitrary<FleetGate> = fc
  .record({ mode: fc.constantFrom(...MODES), percent: fc.integer({ min: 1, max: 100 }) })
  .map(({ mode, percent }) => ({ mode, percent: mode === 'enforce' ? percent : 100 }))
/** Signatures of several requests, each as an instance under another rule would have folded it. */
const records = fc
  .array(fc.tuple(factsArbitrary, rules, fc.boolean(), fc.integer({ min: 1, max: 5 })), { maxLength: 8 })
  .map((parts) =>
    parts.map(([facts, present, hasContext, times]) => {
      const record = toRecord(facts, present, evaluate(facts, present).reason, hasContext)
      const tokenAges = record.tokenAges?.map((count) => count * times) ?? null
      return here({ ...record, count: times, tokenAges })
    }),
  )
const grants = fc
  .record({ clientId: fc.option(fc.constantFrom('a', 'b')), scope: fc.constantFrom(...SCOPES) })
  .map((grant) => ({ ...grant, serviceId: SERVICE }))
const seconds = fc.integer({ min: 30, max: 86_400 })
const lifetimes: fc.Arbitrary<Lifetimes> = fc.record({
  environmentSeconds: seconds,
  identities: fc.constant(new Map()),
  scopes: fc.option(seconds).map((own) => new Map([[scopeKey(SERVICE, 'orders:read'), own]])),
})
const drafts: fc.Arbitrary<Draft> = fc.oneof(
  rules.map((draft) => ({ kind: 'rules' as const, rules: new Map([[ENDPOINT, draft]]) })),
  gates.map((gate) => ({ kind: 'modes' as const, modes: new Map([[ENDPOINT, gate]]) })),
  fc.record({
    kind: fc.constant('grants' as const),
    removed: fc.array(grants, { maxLength: 3 }),
    added: fc.array(grants, { maxLength: 3 }),
    withoutToken: fc.constantFrom(new Set<string>(), new Set([tokenKey('a', SERVICE)])),
  }),
  fc.record({ kind: fc.constant('lifetimes' as const), present: lifetimes, draft: lifetimes }),
)

const nothing = { lost: 0, gained: 0, undetermined: 0 }
const countsOf = ({ lost, gained, unchanged, undetermined }: ComparedSignature) => ({
  lost,
  gained,
  unchanged,
  undetermined,
})

describe('replaying a draft', () => {
  test('that changes nothing loses and gains nothing', () => {
    fc.assert(
      fc.property(records, rules, gates, lifetimes, (signatures, present, gate, settings) => {
        const endpoints = endpointsOf(present, gate)
        const empty: Draft[] = [
          { kind: 'rules', rules: new Map([[ENDPOINT, structuredClone(present)]]) },
          { kind: 'modes', modes: new Map([[ENDPOINT, { ...gate }]]) },
          { kind: 'grants', removed: [], added: [], withoutToken: new Set() },
          { kind: 'lifetimes', present: settings, draft: structuredClone(settings) },
        ]
        for (const draft of empty) {
          const replay = replayDraft(signatures, endpoints, draft)
          expect(replay).toMatchObject({ ...nothing, accesses: [], unchanged: replay.requests })
        }
      }),
    )
  })

  test('counts every request once, in the totals and for each caller', () => {
    fc.assert(
      fc.property(records, rules, gates, drafts, (signatures, present, gate, draft) => {
        const replay = replayDraft(signatures, endpointsOf(present, gate), draft)
        expect(replay.requests).toBe(signatures.reduce((sum, { count }) => sum + count, 0))
        for (const counts of [replay, ...replay.accesses])
          expect(counts.lost + counts.gained + counts.unchanged + counts.undetermined).toBe(counts.requests)
        const lost = replay.accesses.reduce((sum, access) => sum + access.lost, 0)
        const gained = replay.accesses.reduce((sum, access) => sum + access.gained, 0)
        expect({ lost, gained }).toEqual({ lost: replay.lost, gained: replay.gained })
        for (const access of replay.accesses)
          expect(access.reasons.reduce((sum, { count }) => sum + count, 0)).toBe(access.lost + access.gained)
      }),
    )
  })

  test('and its inverse mirror each other', () => {
    const mirrored = ({ lost, gained, ...counts }: ReturnType<typeof countsOf>) => ({
      ...counts,
      lost: gained,
      gained: lost,
    })
    fc.assert(
      fc.property(records, rules, gates, drafts, (signatures, present, gate, draft) => {
        const [before, after] = [
          presentFleet(endpointsOf(present, gate)),
          applyDraft(endpointsOf(present, gate), draft),
        ]
        const by = draft.kind === 'modes' ? 'mode' : 'rule'
        const there = compareFleets(signatures, before, after, by).map(countsOf)
        const back = compareFleets(signatures, after, before, by).map(countsOf)
        expect(back).toEqual(there.map(mirrored))
      }),
    )
  })
})

describe('a removed grant', () => {
  const identity = factsArbitrary.map((facts) => ({
    ...facts,
    callerKind: 'service' as const,
    caller: 'a',
    tokenProblem: null,
    tokenAgeSeconds: 0,
  }))
  /** Everything it asks for is in the facts themselves. */
  const tellingRules = rules.map(({ access, requirements }) => ({
    access,
    requirements: requirements.filter(({ kind }) => kind === 'scopes' || kind === 'sender-constraint'),
  }))

  test('is what evaluating each request by hand says', () => {
    fc.assert(
      fc.property(fc.array(identity), tellingRules, fc.constantFrom(...SCOPES), (requests, present, scope) => {
        const signatures = requests.map((facts) =>
          here(toRecord(facts, present, evaluate(facts, present).reason, true)),
        )
        const byHand = requests.filter(
          (facts) =>
            evaluate(facts, present).verdict === 'allow' &&
            evaluate({ ...facts, scopes: facts.scopes.filter((own) => own !== scope) }, present).verdict === 'deny',
        )
        const draft: Draft = {
          kind: 'grants',
          removed: [{ clientId: 'a', serviceId: SERVICE, scope }],
          added: [],
          withoutToken: new Set(),
        }
        const replay = replayDraft(signatures, endpointsOf(present), draft)
        expect(replay).toMatchObject({ lost: byHand.length, gained: 0, undetermined: 0 })
      }),
    )
  })

  const needed = endpointsOf(rule({ kind: 'scopes', allOf: ['orders:read'] }), { mode: 'enforce', percent: 100 })
  const removed = [{ clientId: 'billing', serviceId: SERVICE, scope: 'orders:read' }]
  const grantDraft = { kind: 'grants', removed, added: [], withoutToken: new Set<string>() } as const
  const calls = here(recorded({ caller: 'billing', scopes: ['orders:read', 'orders:refund'] }))

  test('loses its holder what asks for it, and nobody else', () => {
    const replay = replayDraft([calls, here(recorded({ caller: 'web', scopes: ['orders:read'] }))], needed, grantDraft)
    expect(replay).toMatchObject({ requests: 20, lost: 10, lostEnforced: 10, unchanged: 10 })
    expect(replay.accesses).toMatchObject([
      {
        caller: { name: 'billing' },
        endpointId: ENDPOINT,
        isEnforced: true,
        reasons: [{ reason: 'scope-missing', missingScopes: ['orders:read'], count: 10 }],
        example: { scopes: ['orders:read', 'orders:refund'] },
      },
    ])
  })

  test('of another service loses nothing, nor does one of a person’s issuer', () => {
    const elsewhere = { ...grantDraft, removed: [{ clientId: 'billing', serviceId: 'other', scope: 'orders:read' }] }
    expect(replayDraft([calls], needed, elsewhere)).toMatchObject(nothing)
    const person = here(recorded({ caller: 'user@staff', callerKind: 'user', scopes: ['orders:read'] }))
    const everybody = { ...grantDraft, removed: [{ clientId: null, serviceId: SERVICE, scope: 'orders:read' }] }
    expect(replayDraft([person], needed, everybody)).toMatchObject(nothing)
    expect(replayDraft([calls], needed, everybody)).toMatchObject({ lost: 10 })
  })

  test('that was the last one of a service loses everything there that asks for a token', () => {
    const last = { ...grantDraft, withoutToken: new Set([tokenKey('billing', SERVICE)]) }
    const replay = replayDraft([calls], endpointsOf(rule()), last)
    expect(replay.accesses).toMatchObject([{ lost: 10, reasons: [{ reason: 'token-missing' }] }])
    expect(replayDraft([calls], endpointsOf({ access: 'public', requirements: [] }), last)).toMatchObject(nothing)
  })

  test('is made good by one that is added', () => {
    const denied = here(recorded({ caller: 'billing', scopes: ['orders:refund'] }))
    const added = { ...grantDraft, removed: [], added: removed }
    expect(replayDraft([denied], needed, added)).toMatchObject({ gained: 10, lost: 0 })
  })
})

describe('a lifetime', () => {
  const endpoints = endpointsOf(rule())
  const toDraft = (present: number, draft: number): Draft => {
    const of = (environmentSeconds: number) => ({ environmentSeconds, identities: new Map(), scopes: new Map() })
    return { kind: 'lifetimes', present: of(present), draft: of(draft) }
  }
  const agesArbitrary = fc.array(fc.integer({ min: 0, max: 100_000 }), { minLength: 1, maxLength: 40 })

  test('loses the uses of older tokens: exactly on an edge, with bounds between two', () => {
    fc.assert(
      fc.property(agesArbitrary, seconds, (ages, limit) => {
        const signature = here(recorded({ count: ages.length, tokenAges: agesOf(ages) }))
        const { lost, undetermined } = replayDraft([signature], endpoints, toDraft(86_401, limit))
        const { atLeast, atMost } = usesOlderThan(agesOf(ages), limit)
        expect([lost, lost + undetermined]).toEqual([atLeast, atMost])
      }),
    )
  })

  test('that is not shorter loses nothing, and never one of a person', () => {
    const old = here(recorded({ count: 1, tokenAges: agesOf([2_000]) }))
    expect(replayDraft([old], endpoints, toDraft(900, 900))).toMatchObject(nothing)
    expect(replayDraft([old], endpoints, toDraft(900, 3_600))).toMatchObject(nothing)
    expect(replayDraft([old], endpoints, toDraft(3_600, 900))).toMatchObject({ lost: 1 })
    expect(replayDraft([{ ...old, callerKind: 'user' }], endpoints, toDraft(3_600, 900))).toMatchObject(nothing)
  })

  test('of an identity or a scope counts where it is the least', () => {
    const old = here(recorded({ count: 1, tokenAges: agesOf([2_000]), scopes: ['orders:read'] }))
    const present: Lifetimes = { environmentSeconds: 3_600, identities: new Map(), scopes: new Map() }
    const own = { ...present, identities: new Map([['orders', 300]]) }
    const scoped = { ...present, scopes: new Map([[scopeKey(SERVICE, 'orders:read'), 300]]) }
    for (const draft of [own, scoped])
      expect(replayDraft([old], endpoints, { kind: 'lifetimes', present, draft })).toMatchObject({ lost: 1 })
    expect(replayDraft([old], endpoints, { kind: 'lifetimes', present: own, draft: present })).toMatchObject(nothing)
  })
})

describe('a percent of callers', () => {
  const endpoints = endpointsOf(rule({ kind: 'scopes', allOf: ['orders:read'] }))
  const toDraft = (percent: number): Draft => ({
    kind: 'modes',
    modes: new Map([[ENDPOINT, { mode: 'enforce', percent }]]),
  })
  const lacking = Array.from({ length: 40 }, (_, index) => here(recorded({ caller: `caller-${index}`, scopes: [] })))

  test('loses more when it is raised, and never lets anybody out', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99 }), (percent) => {
        const losers = (at: number) =>
          replayDraft(lacking, endpoints, toDraft(at)).accesses.map(({ caller }) => caller.name)
        expect(losers(percent + 1)).toEqual(expect.arrayContaining(losers(percent)))
      }),
    )
    expect(replayDraft(lacking, endpoints, toDraft(100))).toMatchObject({ lost: 400, lostEnforced: 400 })
  })

  test('tells of people only at all of them, and of anonymous callers that they are let through below', () => {
    const people = here(recorded({ callerKind: 'user', caller: 'user@staff', scopes: [] }))
    const anonymous = here(
      recorded({ callerKind: 'anonymous', caller: null, tokenProblem: 'token-missing', scopes: [] }),
    )
    expect(replayDraft([people], endpoints, toDraft(50))).toMatchObject({ lost: 0, undetermined: 10 })
    expect(replayDraft([people], endpoints, toDraft(100))).toMatchObject({ lost: 10, undetermined: 0 })
    expect(replayDraft([anonymous], endpoints, toDraft(99))).toMatchObject(nothing)
    expect(replayDraft([anonymous], endpoints, toDraft(100))).toMatchObject({ lost: 10 })
  })
})

test('that nothing is lost is worth as much as was recorded, and for as long', () => {
  const now = new Date('2026-01-31T00:00:00Z')
  const weekAgo = new Date('2026-01-24T00:00:00Z')
  const judge = (requests: number, from: Date | null, lost = 0, undetermined = 0) =>
    judgeNoLoss({ requests, lost, undetermined }, from, now)
  expect(judge(1_000, weekAgo).isConclusive).toBe(true)
  expect(judge(1_000, new Date('2026-01-24T01:00:00Z')).isConclusive).toBe(false)
  expect(judge(100, weekAgo)).toMatchObject({ isConclusive: false })
  expect(judge(100, weekAgo).upperBound).toBeGreaterThan(0.01)
  for (const [lost, open] of [
    [1, 0],
    [0, 1],
  ] as const)
    expect(judge(1_000, weekAgo, lost, open)).toEqual({ upperBound: null, isConclusive: false })
  expect(judge(0, null)).toEqual({ upperBound: null, isConclusive: false })
})

describe('requirements nothing tells of', () => {
  const network = { kind: 'network', cidrs: ['10.0.0.0/8'] } as const
  const toDraft = (draft: Rule): Draft => ({ kind: 'rules', rules: new Map([[ENDPOINT, draft]]) })
  const calls = here(recorded({ scopes: ['orders:read'] }))

  test('change nothing where both rules ask for them', () => {
    const draft = toDraft(rule(network, { kind: 'scopes', allOf: ['orders:read'] }))
    expect(replayDraft([calls], endpointsOf(rule(network)), draft)).toMatchObject({ ...nothing, unchanged: 10 })
  })

  test('leave open what is lost by one alone', () => {
    expect(replayDraft([calls], endpointsOf(rule()), toDraft(rule(network)))).toMatchObject({
      lost: 0,
      undetermined: 10,
    })
    const lacking = toDraft(rule({ kind: 'scopes', allOf: ['orders:refund'] }))
    expect(replayDraft([calls], endpointsOf(rule(network)), lacking)).toMatchObject({ lost: 0, undetermined: 10 })
  })
})

describe('splitting ages at several limits', () => {
  test('says of one limit what splitting at it says', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -60, max: 100_000 }), { maxLength: 40 }), seconds, (ages, limit) => {
        const spans = splitAtLimits(agesOf(ages), ages.length, [limit])
        const countOf = (isCounted: (ages: readonly (number | null)[]) => boolean) =>
          spans.reduce((sum, span) => sum + (isCounted(span.ages) ? span.count : 0), 0)
        const expected = splitByTokenAge(agesOf(ages), ages.length, limit)
        const expectedOf = (age: number | undefined) =>
          expected.find(({ ageSeconds }) => ageSeconds === age)?.count ?? 0
        expect([countOf((of) => of.length === 1 && of[0] === limit), countOf((of) => of[0] === Infinity)]).toEqual([
          expectedOf(0),
          expectedOf(Infinity),
        ])
        expect(countOf((of) => of.length > 1)).toBe(expectedOf(undefined))
      }),
    )
  })

  test('keeps ages certain that lie between limits on edges', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 100_000 })),
        fc.subarray([...TOKEN_AGE_EDGES_SECONDS]),
        (ages, limits) => {
          const spans = splitAtLimits(agesOf(ages), ages.length, limits)
          expect(spans.every((span) => span.ages.length === 1)).toBe(true)
          expect(spans.reduce((sum, { count }) => sum + count, 0)).toBe(ages.length)
        },
      ),
    )
  })
})
