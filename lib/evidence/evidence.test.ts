import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { factsArbitrary, ruleArbitrary } from '../policy/arbitraries.ts'
import type { Facts } from '../policy/decision.ts'
import { evaluate } from '../policy/evaluate.ts'
import type { Rule } from '../policy/rule.ts'
import { OBSERVABLES, TOKEN_AGE_EDGES_SECONDS } from '../policy/vocabulary.ts'
import { judgeReadiness, type Evidence } from './readiness.ts'
import { agesOf, recorded, toRecord, toRule } from './arbitraries.ts'
import { recommendFixes } from './recommend-fixes.ts'
import { replayRule } from './replay-rule.ts'
import { summariseCallers } from './summarise-callers.ts'
import { upperBound } from './upper-bound.ts'

/** Ages are recorded to their bucket, and an invalid token is where a rule asks nothing more. */
const isFullyRecorded = ({ tokenProblem }: Facts, { access, requirements }: Rule): boolean =>
  requirements.every(({ kind }) => kind !== 'max-token-age') && (access === 'token' || tokenProblem === null)

const rule = (...requirements: Rule['requirements']): Rule => ({
  access: 'token',
  requirements,
})

function isLimitWithinBucket({ requirements }: Rule): boolean {
  const edges: readonly number[] = TOKEN_AGE_EDGES_SECONDS
  return requirements.some((each) => each.kind === 'max-token-age' && !edges.includes(each.seconds))
}

describe('replaying a rule', () => {
  test('a scope the tokens lack denies every request and names the scope', () => {
    const [replayed] = replayRule([recorded()], rule({ kind: 'scopes', allOf: ['refunds:create'] }))
    expect(replayed?.denials).toEqual([{ reason: 'scope-missing', missingScopes: ['refunds:create'], count: 10 }])
  })

  test('a limit on a histogram edge is answered exactly', () => {
    const [replayed] = replayRule([recorded()], rule({ kind: 'max-token-age', seconds: 300 }))
    expect(replayed).toMatchObject({
      allowed: 8,
      undetermined: 0,
      denials: [{ reason: 'token-too-old', count: 2 }],
    })
  })

  test('a limit inside a bucket leaves that bucket open', () => {
    const [replayed] = replayRule([recorded()], rule({ kind: 'max-token-age', seconds: 180 }))
    expect(replayed).toMatchObject({
      allowed: 5,
      undetermined: 3,
      denials: [{ count: 2 }],
    })
  })

  const swiss = { country: 'CH', autonomousSystem: 3303, device: 'new', signals: ['device-first-seen'] } as const
  const known = {
    ...swiss,
    observed: ['device-first-seen'],
    requirementsMet: ['condition true', 'network 10.0.0.0/8 192.168.0.0/16', 'rate 50/60'],
    requirementsUnmet: ['condition 1 == 2', 'network 172.16.0.0/12', 'rate 5/60'],
  } as const

  test.each([
    [{ kind: 'country', anyOf: ['CH'] }, null],
    [{ kind: 'country', anyOf: ['DE'] }, 'country-not-allowed'],
    [{ kind: 'autonomous-system', anyOf: [3303] }, null],
    [{ kind: 'autonomous-system', anyOf: [15169] }, 'network-not-allowed'],
    [{ kind: 'known-device' }, 'device-not-allowed'],
    [{ kind: 'signals', noneOf: ['device-first-seen'] }, 'signal-raised'],
    [{ kind: 'condition', expression: 'true' }, null],
    [{ kind: 'condition', expression: '1 == 2' }, 'condition-not-met'],
    [{ kind: 'network', cidrs: ['192.168.0.0/16', '10.0.0.0/8'] }, null],
    [{ kind: 'network', cidrs: ['172.16.0.0/12'] }, 'network-not-allowed'],
    [{ kind: 'rate', requestsMax: 50, windowSeconds: 60 }, null],
    [{ kind: 'rate', requestsMax: 5, windowSeconds: 60 }, 'rate-exceeded'],
  ] as const)('%j is answered by the recorded context, and open without one', (requirement, reason) => {
    const needs = rule(requirement)
    const [answered] = replayRule([recorded({ context: known })], needs)
    expect(answered?.denials.map((denial) => denial.reason)).toEqual(reason === null ? [] : [reason])
    expect(answered).toMatchObject({ allowed: reason === null ? 10 : 0, undetermined: 0, openKinds: [] })
    const [open] = replayRule([recorded()], needs)
    expect(open).toMatchObject({ allowed: 0, denials: [], undetermined: 10, openKinds: [requirement.kind] })
  })

  test('what is absent from a context is open where it was not looked for, and decides where it was', () => {
    const looked = { ...known, country: null, autonomousSystem: null, device: 'none', signals: [] } as const
    const requirements: Rule['requirements'] = [
      { kind: 'country', anyOf: ['CH'] },
      { kind: 'autonomous-system', anyOf: [3303] },
      { kind: 'known-device' },
      { kind: 'signals', noneOf: ['travel-impossible'] },
    ]
    for (const requirement of requirements) {
      const [open] = replayRule([recorded({ context: looked })], rule(requirement))
      expect(open, requirement.kind).toMatchObject({ allowed: 0, denials: [], undetermined: 10 })
      const [decided] = replayRule([recorded({ context: { ...looked, observed: OBSERVABLES } })], rule(requirement))
      const isMet = requirement.kind === 'signals'
      expect(decided, requirement.kind).toMatchObject({ allowed: isMet ? 10 : 0, undetermined: 0 })
    }
  })

  test('an answer holds for the very requirement that was asked, and leaves any other open', () => {
    const others: Rule['requirements'] = [
      { kind: 'condition', expression: 'false' },
      { kind: 'network', cidrs: ['10.0.0.0/8'] },
      { kind: 'rate', requestsMax: 50, windowSeconds: 10 },
    ]
    for (const other of others) {
      const [replayed] = replayRule([recorded({ context: known })], rule(other))
      expect(replayed).toMatchObject({ allowed: 0, denials: [], undetermined: 10, openKinds: [other.kind] })
    }
  })

  test('the rule that was in force gives the recorded outcome again, or says that it does not know', () => {
    fc.assert(
      fc.property(factsArbitrary, ruleArbitrary, fc.boolean(), (facts, parsed, hasContext) => {
        const inForce = toRule(parsed)
        const answer = evaluate(facts, inForce)
        const record = toRecord(facts, inForce, answer.reason, hasContext)
        const [replayed] = replayRule([record], inForce)
        const said = replayed?.denials.map(({ reason }) => reason) ?? []
        // With a limit within a bucket, a denial for another reason is certain, and whether the age was the first one is not.
        const young = isLimitWithinBucket(inForce) ? [evaluate({ ...facts, tokenAgeSeconds: 0 }, inForce).reason] : []
        expect(said.every((reason) => [answer.reason, ...young].includes(reason))).toBe(true)
        expect(answer.verdict === 'deny' ? replayed?.allowed : said.length).toBe(0)
        if (hasContext && isFullyRecorded(facts, inForce)) expect(replayed?.undetermined).toBe(0)
      }),
    )
  })

  test('requests that were only counted say nothing', () => {
    expect(replayRule([recorded({ evaluated: false })], rule())).toEqual([])
  })

  test('no request is lost, whatever the rule', () => {
    const ages = fc.option(
      fc.array(fc.integer({ min: 0, max: 200_000 }), {
        minLength: 1,
        maxLength: 40,
      }),
      { nil: null },
    )
    const rules = fc.record({
      access: fc.constantFrom('token' as const, 'public' as const),
      requirements: fc.subarray([
        { kind: 'scopes' as const, allOf: ['refunds:create'] },
        { kind: 'max-token-age' as const, seconds: 217 },
        { kind: 'network' as const, cidrs: ['10.0.0.0/8'] },
        { kind: 'sender-constraint' as const, anyOf: ['dpop' as const] },
      ]),
    })
    const problems = fc.constantFrom(null, 'token-missing' as const, 'audience-mismatch' as const)
    fc.assert(
      fc.property(ages, rules, problems, fc.boolean(), (seconds, draft, tokenProblem, granted) => {
        const facts = recorded({
          tokenProblem,
          scopes: granted ? ['refunds:create'] : [],
          count: seconds?.length ?? 3,
          tokenAges: seconds === null ? null : agesOf(seconds),
        })
        const [replayed] = replayRule([facts], draft)
        const counted =
          (replayed?.allowed ?? 0) +
          (replayed?.undetermined ?? 0) +
          (replayed?.denials.reduce((sum, { count }) => sum + count, 0) ?? 0)
        expect(counted).toBe(facts.count)
      }),
    )
  })
})

describe('callers', () => {
  test('those that lose most come first, with the fix that helps them', () => {
    const needs = rule({ kind: 'scopes', allOf: ['refunds:create'] })
    const callers = summariseCallers(
      replayRule(
        [
          recorded(),
          recorded({
            signatureId: '2',
            caller: 'billing',
            scopes: ['refunds:create'],
            count: 500,
            tokenAges: null,
          }),
        ],
        needs,
      ),
    )
    expect(callers.map(({ caller, wouldDeny }) => [caller.name, wouldDeny])).toEqual([
      ['orders', 10],
      ['billing', 0],
    ])
    const context = {
      serviceSlug: 'payments',
      scopeIds: new Map([['refunds:create', 'id']]),
      grants: new Map<string, Date>(),
      lifetimes: new Map([['orders', 900]]),
      now: new Date('2026-01-15T00:10:00Z'),
    }
    expect(callers.flatMap((caller) => recommendFixes(caller, context))).toEqual([
      {
        kind: 'grant-scope',
        title: 'Grant refunds:create to orders.',
        clientId: 'orders',
        scopeId: 'id',
      },
    ])
    const grantedAt = (at: string) => ({ ...context, grants: new Map([['orders refunds:create', new Date(at)]]) })
    const fixesOnce = (at: string) => callers.flatMap((caller) => recommendFixes(caller, grantedAt(at)))
    expect(fixesOnce('2026-01-14T23:00:00Z')).toMatchObject([{ kind: 'request-scope' }])
    expect(fixesOnce('2026-01-15T00:00:00Z')).toMatchObject([
      {
        kind: 'renew-token',
        title: 'orders was granted refunds:create: its tokens from before may be used for 5 more minutes.',
      },
    ])
  })

  test('a caller that is refused for its context is told what would let it through', () => {
    const fixesFor = (requirement: Rule['requirements'][number]) => {
      const context = { country: 'CH', autonomousSystem: null, device: 'new', signals: ['endpoint-first-use'] } as const
      const unmet = { observed: [], requirementsMet: [], requirementsUnmet: ['condition false'] }
      const facts = recorded({ context: { ...context, ...unmet } })
      const nothing = {
        scopeIds: new Map<string, string>(),
        grants: new Map<string, Date>(),
        lifetimes: new Map<string, number>(),
      }
      const none = { serviceSlug: 'payments', now: new Date(), ...nothing }
      return summariseCallers(replayRule([facts], rule(requirement))).flatMap((caller) => recommendFixes(caller, none))
    }
    expect(fixesFor({ kind: 'known-device' })).toMatchObject([{ kind: 'accept-device' }])
    expect(fixesFor({ kind: 'country', anyOf: ['DE'] })).toMatchObject([{ kind: 'allow-country' }])
    expect(fixesFor({ kind: 'signals', noneOf: ['endpoint-first-use'] })).toMatchObject([{ kind: 'relax-rule' }])
    expect(fixesFor({ kind: 'condition', expression: 'false' })).toMatchObject([{ kind: 'relax-rule' }])
  })

  test('anonymous callers are told apart by the program they claim to be', () => {
    const anonymous = {
      callerKind: 'anonymous' as const,
      caller: null,
      tokenProblem: 'token-missing' as const,
    }
    const callers = summariseCallers(
      replayRule(
        [recorded({ ...anonymous, callerHint: 'legacy-cron/1.4' }), recorded({ ...anonymous, callerHint: null })],
        rule(),
      ),
    )
    expect(callers.map(({ caller }) => caller.key)).toEqual(['anonymous:legacy-cron/1.4', 'anonymous:unknown client'])
    expect(callers.every(({ bucketPercent }) => bucketPercent === null)).toBe(true)
  })
})

describe('readiness', () => {
  const now = new Date('2026-01-15T00:00:00Z')
  const sound: Evidence = {
    hasRule: true,
    requests: 5_000,
    unevaluatedRequests: 0,
    wouldDeny: 0,
    undetermined: 0,
    openKinds: [],
    deniedCallers: [],
    observedFrom: new Date('2026-01-01T00:00:00Z'),
    now,
    callersRemedied: [],
    callersReturning: [],
    callersAllowedBefore: [],
    callersDoubtful: [],
    holdersNotSeen: [],
    liveInstances: 2,
    instancesBehind: 0,
    dropped: 0,
    sharedCredentials: [],
  }
  const orders = {
    key: 'service:orders',
    kind: 'service' as const,
    name: 'orders',
  }

  test('is ready when nothing would be denied and enough is known', () => {
    expect(judgeReadiness(sound)).toEqual({ readiness: 'ready', causes: [] })
  })

  test('a denial is a fact: not ready, whatever else is missing', () => {
    expect(
      judgeReadiness({
        ...sound,
        wouldDeny: 1,
        deniedCallers: [orders],
        liveInstances: 0,
      }).readiness,
    ).toBe('not-ready')
  })

  test.each([
    ['no-rule', { hasRule: false }],
    ['no-requests', { requests: 0, observedFrom: null }],
    ['few-requests', { requests: 297 }],
    ['not-evaluated', { requests: 0, unevaluatedRequests: 9, observedFrom: null }],
    ['not-evaluated', { undetermined: 1, openKinds: ['rate'] }],
    ['hours-not-covered', { observedFrom: new Date('2026-01-14T12:00:00Z') }],
    ['weekdays-not-covered', { observedFrom: new Date('2026-01-10T00:00:00Z') }],
    ['callers-not-seen', { callersReturning: [orders] }],
    ['few-requests', { callersDoubtful: [{ caller: orders, requests: 5 }] }],
    ['no-instances', { liveInstances: 0 }],
    ['instances-behind', { instancesBehind: 1 }],
    ['decisions-dropped', { dropped: 1 }],
  ] as const)('is never green with %s', (kind, gap) => {
    const { readiness, causes } = judgeReadiness({ ...sound, ...gap })
    expect(readiness).toBe('not-enough-evidence')
    expect(causes).toMatchObject([{ kind, blocking: true }])
  })

  test('who was allowed before, a holder that never called and a shared credential are said, and do not block', () => {
    const { readiness, causes } = judgeReadiness({
      ...sound,
      callersAllowedBefore: [orders],
      holdersNotSeen: [orders],
      sharedCredentials: ['inventory'],
    })
    expect(readiness).toBe('ready')
    expect(causes.map(({ kind }) => kind)).toEqual(['callers-not-seen', 'callers-not-seen', 'shared-credential'])
  })

  test('the bound is the exact one, near 3/n', () => {
    expect(upperBound(0)).toBeNull()
    expect(upperBound(1)).toBeCloseTo(0.95, 12)
    fc.assert(
      fc.property(fc.integer({ min: 50, max: 1e9 }), (n) => {
        const bound = upperBound(n) ?? 0
        expect(Math.abs((1 - bound) ** n - 0.05)).toBeLessThan(1e-6)
        expect(bound * n).toBeGreaterThan(2.9)
        expect(bound * n).toBeLessThan(3)
      }),
    )
  })
})
