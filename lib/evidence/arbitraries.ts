/** Recorded facts for tests, made as an instance would fold requests. */
import type { Facts } from '../policy/decision.ts'
import { findUnmetReason } from '../policy/evaluate.ts'
import { requirementKey } from '../policy/requirement-key.ts'
import type { ParsedRule, Rule } from '../policy/rule.ts'
import { TOKEN_AGE_BUCKETS, tokenAgeBucket } from '../policy/token-age.ts'
import { OBSERVABLES, type Reason } from '../policy/vocabulary.ts'
import type { RecordedFacts } from './recorded-facts.ts'

export const agesOf = (seconds: readonly number[]): number[] => {
  const ages = new Array<number>(TOKEN_AGE_BUCKETS).fill(0)
  for (const age of seconds) ages[tokenAgeBucket(age)] = (ages[tokenAgeBucket(age)] ?? 0) + 1
  return ages
}

export const recorded = (overrides: Partial<RecordedFacts> = {}): RecordedFacts => ({
  signatureId: '1',
  endpointId: null,
  evaluated: true,
  replayed: false,
  mode: 'log-only',
  outcome: 'allowed',
  reason: null,
  tokenProblem: null,
  callerKind: 'service',
  caller: 'orders',
  callerHint: null,
  issuer: 'https://stepgate.example/e/production',
  scopes: ['refunds:read'],
  sender: 'none',
  context: null,
  count: 10,
  tokenAges: agesOf([1, 1, 1, 1, 1, 200, 200, 200, 2_000, 2_000]),
  firstAt: new Date('2026-01-01T00:00:00Z'),
  lastAt: new Date('2026-01-02T00:00:00Z'),
  ...overrides,
})

/** As the store keeps it: nothing unknown, one requirement of a kind, none for public access. */
export function toRule({ access, requirements }: ParsedRule): Rule {
  const known = requirements.filter((requirement) => requirement.kind !== 'unknown')
  const single = known.filter(({ kind }, index) => known.findIndex((other) => other.kind === kind) === index)
  return { access, requirements: access === 'public' ? [] : single }
}

/** As an instance folds one request. */
export function toRecord(facts: Facts, rule: Rule, reason: Reason | null, hasContext: boolean): RecordedFacts {
  const { recentRequests: _count, conditionsMet: _conditions, ...context } = facts.context
  const keysOf = (met: boolean): string[] =>
    facts.tokenProblem !== null
      ? []
      : rule.requirements
          .filter((requirement) => (findUnmetReason(facts, requirement) === null) === met)
          .flatMap((requirement) => requirementKey(requirement) ?? [])
  const asked = { observed: OBSERVABLES, requirementsMet: keysOf(true), requirementsUnmet: keysOf(false) }
  const { tokenProblem, callerKind, caller, issuer, scopes, sender, tokenAgeSeconds } = facts
  return recorded({
    ...{ tokenProblem, callerKind, caller, issuer, scopes, sender, reason },
    outcome: reason === null ? 'allowed' : 'would-deny',
    count: 1,
    tokenAges: tokenAgeSeconds === null ? null : agesOf([tokenAgeSeconds]),
    context: hasContext ? { ...context, ...asked } : null,
  })
}
