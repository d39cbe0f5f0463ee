import type { Rule } from '../policy/rule.ts'
import { DENIAL_RATE_MAX } from './readiness.ts'
import type { CallerSummary } from './summarise-callers.ts'
import { upperBound } from './upper-bound.ts'

/**
 * Callers whose tokens may be used older than a rule allows, although none was: they live longer than the limit, or somebody
 * else decides how long, and there are too few requests to say that almost none comes late. Scopes are what they are; ages are drawn
 * anew with each request.
 */
export function findDoubtfulAges(
  callers: readonly CallerSummary[],
  { requirements }: Rule,
  lifetimes: ReadonlyMap<string, number>,
): CallerSummary[] {
  const limits = requirements.flatMap((requirement) =>
    requirement.kind === 'max-token-age' ? [requirement.seconds] : [],
  )
  const limit = Math.min(...limits)
  return callers.filter(
    ({ caller, requests, allowed }) =>
      allowed > 0 &&
      caller.kind !== 'anonymous' &&
      (lifetimes.get(caller.name) ?? Infinity) > limit &&
      (upperBound(requests) ?? 1) > DENIAL_RATE_MAX,
  )
}
