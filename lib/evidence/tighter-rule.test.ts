import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RecordedContext } from '../policy/decision.ts'
import type { Rule } from '../policy/rule.ts'
import { DEVICE_STANDINGS, OBSERVABLES, SENDER_CONSTRAINTS } from '../policy/vocabulary.ts'
import { TOKEN_AGE_BUCKETS, tokenAgeBucket } from '../policy/token-age.ts'
import type { RecordedFacts } from './recorded-facts.ts'
import { replayRule } from './replay-rule.ts'
import { proposeTighterRule } from './tighter-rule.ts'

const SCOPES = ['orders:read', 'orders:create', 'refunds:create', 'reports:read']

const contextOf = (device: RecordedContext['device']): RecordedContext => ({
  ...{ country: null, autonomousSystem: null, device, signals: [], observed: OBSERVABLES },
  ...{ requirementsMet: [], requirementsUnmet: [] },
})

function recorded(overrides: Partial<RecordedFacts> & { readonly ageSeconds?: number } = {}): RecordedFacts {
  const { ageSeconds = 100, count = 400, ...rest } = overrides
  const tokenAges = new Array<number>(TOKEN_AGE_BUCKETS).fill(0)
  tokenAges[tokenAgeBucket(ageSeconds)] = count
  return {
    ...{ signatureId: '1', endpointId: null, evaluated: true, replayed: false, mode: 'log-only', outcome: 'allowed' },
    ...{ reason: null, tokenProblem: null, callerKind: 'service', caller: 'shop', callerHint: null, issuer: null },
    ...{ scopes: ['orders:read'], sender: 'none', context: null, count, tokenAges },
    ...{ firstAt: new Date('2026-01-01T00:00:00Z'), lastAt: new Date('2026-01-08T00:00:00Z') },
    ...rest,
  }
}

const ANY_TOKEN: Rule = { access: 'token', requirements: [] }
const ask = (records: readonly RecordedFacts[], rule: Rule | null = ANY_TOKEN, method = 'GET', route = '/orders') =>
  proposeTighterRule({ method, route, rule, recorded: records, ownScopes: new Set(SCOPES) })

describe('a tighter rule', () => {
  test('asks for the scope that every caller carries and that sounds like the endpoint', () => {
    const scopes = ['orders:create', 'orders:read', 'reports:read']
    const proposed = ask([recorded({ scopes }), recorded({ caller: 'backoffice', scopes })])
    expect(proposed).toMatchObject({
      rule: { access: 'token', requirements: [{ kind: 'scopes', allOf: ['orders:read'] }] },
      otherScopes: ['orders:create', 'reports:read'],
      ...{ requests: 800, callers: 2, isConclusive: true },
    })
    expect(ask([recorded({ scopes })], ANY_TOKEN, 'POST')?.rule.requirements).toEqual([
      { kind: 'scopes', allOf: ['orders:create'] },
    ])
  })

  test('is not proposed where one caller lacks what the others carry, or the rule names a scope already', () => {
    expect(ask([recorded(), recorded({ caller: 'cron', scopes: [] })])).toBeNull()
    const scopes = ['orders:read', 'orders:create']
    expect(
      ask([recorded({ scopes })], { access: 'token', requirements: [{ kind: 'scopes', allOf: ['orders:read'] }] }),
    ).toBeNull()
    expect(ask([])).toBeNull()
  })

  test('leaves out of account whom the present rule denies', () => {
    const needsProof: Rule = { access: 'token', requirements: [{ kind: 'sender-constraint', anyOf: ['dpop'] }] }
    const proposed = ask([recorded({ sender: 'dpop' }), recorded({ caller: 'cron', scopes: [] })], needsProof)
    expect(proposed?.added).toEqual([{ kind: 'scopes', allOf: ['orders:read'] }])
    expect(proposed?.callers).toBe(1)
  })

  test('asks for a token where a public endpoint gets nothing but valid ones, and not where one request has none', () => {
    const open: Rule = { access: 'public', requirements: [] }
    expect(ask([recorded({ scopes: [] })], open)?.rule).toEqual(ANY_TOKEN)
    expect(
      ask([recorded(), recorded({ caller: null, tokenProblem: 'token-missing', tokenAges: null })], open),
    ).toBeNull()
  })

  test('takes a loose age to the oldest token that was seen, and proof and device where all have them', () => {
    const loose: Rule = {
      access: 'token',
      requirements: [
        { kind: 'scopes', allOf: ['orders:read'] },
        { kind: 'max-token-age', seconds: 3_600 },
      ],
    }
    const proposed = ask([recorded({ sender: 'dpop', context: contextOf('known') })], loose)
    expect(proposed?.added).toEqual([
      { kind: 'max-token-age', seconds: 120 },
      { kind: 'sender-constraint', anyOf: ['dpop'] },
      { kind: 'known-device' },
    ])
    expect(ask([recorded({ ageSeconds: 1_700 })], loose)).toBeNull()
  })

  test('is only conclusive with enough requests', () => {
    expect(ask([recorded({ count: 20 })])?.isConclusive).toBe(false)
    expect(ask([recorded({ count: 299 })])?.isConclusive).toBe(true)
  })

  test('denies no request that the present rule allows, whatever was recorded', () => {
    const record = fc
      .record({
        caller: fc.constantFrom('shop', 'cron', 'backoffice'),
        scopes: fc.subarray(SCOPES),
        sender: fc.constantFrom(...SENDER_CONSTRAINTS),
        context: fc.option(fc.constantFrom(...DEVICE_STANDINGS).map(contextOf)),
        ageSeconds: fc.integer({ min: 0, max: 100_000 }),
        count: fc.integer({ min: 1, max: 1_000 }),
      })
      .map(recorded)
    const rule = fc.record({
      access: fc.constantFrom('token' as const, 'public' as const),
      requirements: fc.subarray([
        { kind: 'scopes' as const, allOf: ['orders:read'] },
        { kind: 'max-token-age' as const, seconds: 3_000 },
        { kind: 'sender-constraint' as const, anyOf: ['dpop' as const] },
        { kind: 'network' as const, cidrs: ['10.0.0.0/8'] },
      ]),
    })
    fc.assert(
      fc.property(fc.array(record, { maxLength: 4 }), rule, (records, present) => {
        const proposed = ask(records, present)
        if (proposed === null) return
        const [before, after] = [replayRule(records, present), replayRule(records, proposed.rule)]
        const denied = (replayed: (typeof before)[number] | undefined) =>
          (replayed?.denials ?? []).reduce((sum, { count }) => sum + count, 0)
        for (const [index, replayed] of before.entries()) {
          expect(after[index]?.allowed).toBeGreaterThanOrEqual(replayed.allowed)
          const mayPass = replayed.allowed + replayed.undetermined > 0
          if (mayPass) expect(denied(after[index])).toBeLessThanOrEqual(denied(replayed))
        }
        expect(proposed.requests).toBe(before.reduce((sum, { allowed }) => sum + allowed, 0))
        const kinds = proposed.rule.requirements.map(({ kind }) => kind)
        expect(new Set(kinds).size).toBe(kinds.length)
      }),
    )
  })
})
