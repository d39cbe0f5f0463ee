import { callerBucket } from './caller-bucket.ts'
import type { Decision, EvaluatedFacts, Evaluation, Facts } from './decision.ts'
import { isAddressInSomeNetwork, parseNetwork, type Network } from './network.ts'
import type { NetworkRequirement, ParsedRule, ScopesRequirement } from './rule.ts'
import { MODES, REASONS, type Mode, type Reason, type RequirementReason } from './vocabulary.ts'

const NO_SCOPES: readonly string[] = Object.freeze([])

/** One frozen answer for each reason: a decision without missing scopes allocates nothing. */
const ALLOW: Evaluation = Object.freeze({ verdict: 'allow', reason: null, missingScopes: NO_SCOPES })
const DENY = Object.freeze(
  Object.fromEntries(
    REASONS.map((reason) => [reason, Object.freeze({ verdict: 'deny', reason, missingScopes: NO_SCOPES })]),
  ),
) as Readonly<Record<Reason, Evaluation>> // fromEntries forgets its keys
const ALLOWED = Object.freeze(
  Object.fromEntries(MODES.map((mode) => [mode, Object.freeze({ ...ALLOW, outcome: 'allowed', mode })])),
) as Readonly<Record<Mode, Decision>> // fromEntries forgets its keys
const RANK = Object.freeze(Object.fromEntries(REASONS.map((reason, rank) => [reason, rank]))) as Readonly<
  Record<Reason, number>
> // fromEntries forgets its keys

const networksOf = new WeakMap<NetworkRequirement, readonly Network[]>()

/** The networks of a requirement, read once. One that cannot be read matches nothing. */
function compiledNetworks(requirement: NetworkRequirement): readonly Network[] {
  const known = networksOf.get(requirement)
  if (known !== undefined) return known
  const networks = requirement.cidrs.map(parseNetwork).filter((network) => network !== null)
  networksOf.set(requirement, networks)
  return networks
}

/** What a token says counts only when nothing is wrong with the token; this matters where the rule itself asks for none. */
const hasScope = (facts: EvaluatedFacts, scope: string): boolean =>
  facts.tokenProblem === null && facts.scopes.includes(scope)

function hasScopes(facts: EvaluatedFacts, requirement: ScopesRequirement): boolean {
  for (const scope of requirement.allOf) {
    if (!hasScope(facts, scope)) return false
  }
  return true
}

/** Why the facts do not meet one requirement; null when they do. */
export function findUnmetReason(
  facts: EvaluatedFacts,
  requirement: ParsedRule['requirements'][number],
): RequirementReason | null {
  const { context } = facts
  switch (requirement.kind) {
    case 'scopes':
      return hasScopes(facts, requirement) ? null : 'scope-missing'
    case 'max-token-age':
      return facts.tokenProblem === null &&
        facts.tokenAgeSeconds !== null &&
        facts.tokenAgeSeconds <= requirement.seconds
        ? null
        : 'token-too-old'
    case 'sender-constraint':
      return facts.sender !== 'none' && requirement.anyOf.includes(facts.sender) ? null : 'sender-mismatch'
    case 'network':
      return facts.address !== null && isAddressInSomeNetwork(facts.address, compiledNetworks(requirement))
        ? null
        : 'network-not-allowed'
    case 'autonomous-system':
      return context.autonomousSystem !== null && requirement.anyOf.includes(context.autonomousSystem)
        ? null
        : 'network-not-allowed'
    case 'country':
      return context.country !== null && requirement.anyOf.includes(context.country) ? null : 'country-not-allowed'
    case 'known-device':
      return context.device === 'known' ? null : 'device-not-allowed'
    case 'rate':
      return context.recentRequests !== null && context.recentRequests <= requirement.requestsMax
        ? null
        : 'rate-exceeded'
    case 'signals':
      return requirement.noneOf.some((signal) => context.signals.includes(signal)) ? 'signal-raised' : null
    case 'condition':
      return context.conditionsMet.includes(requirement.expression) ? null : 'condition-not-met'
    default:
      return 'requirement-unknown'
  }
}

function findFirstUnmetReason(facts: EvaluatedFacts, rule: ParsedRule): RequirementReason | null {
  let first: RequirementReason | null = null
  for (const requirement of rule.requirements) {
    const reason = findUnmetReason(facts, requirement)
    if (reason !== null && (first === null || RANK[reason] < RANK[first])) first = reason
  }
  return first
}

/** The scopes a rule asks for and the facts do not have, in the order of the rule. */
export function missingScopes(facts: EvaluatedFacts, rule: ParsedRule): readonly string[] {
  const needed = rule.requirements.flatMap((requirement) => (requirement.kind === 'scopes' ? requirement.allOf : []))
  return [...new Set(needed)].filter((scope) => !hasScope(facts, scope))
}

/**
 * Whether the facts satisfy the rule, and if not the first reason in the order of `REASONS`, however the rule is written.
 * Pure: neither the endpoint's mode nor the clock takes part, so the same facts give the same answer in log-only, in enforce
 * and in a replay.
 */
export function evaluate(facts: EvaluatedFacts, rule: ParsedRule): Evaluation {
  if (rule.access !== 'public' && facts.tokenProblem !== null) return DENY[facts.tokenProblem]
  const reason = findFirstUnmetReason(facts, rule)
  if (reason === null) return ALLOW
  return reason === 'scope-missing'
    ? { verdict: 'deny', reason, missingScopes: missingScopes(facts, rule) }
    : DENY[reason]
}

/** Whether a denial of this caller is carried out. Anonymous callers are enforced at 100 percent only. */
export function isEnforcedFor(callerKey: string | null, mode: Mode, percent: number): boolean {
  if (mode !== 'enforce') return false
  return percent >= 100 || (callerKey !== null && callerBucket(callerKey) < percent)
}

/** An evaluation with the mode applied, which is the last thing that happens to a decision. */
export function applyMode(evaluation: Evaluation, callerKey: string | null, mode: Mode, percent: number): Decision {
  if (evaluation.verdict === 'allow') return ALLOWED[mode]
  return { ...evaluation, mode, outcome: isEnforcedFor(callerKey, mode, percent) ? 'denied' : 'would-deny' }
}

/** What a decision needs to know of an endpoint. */
export interface DecidedEndpoint {
  readonly mode: Mode
  readonly percent: number
  readonly rule: ParsedRule
}

/** Decides a request. In mode `off` nothing is evaluated and the request is allowed. */
export function decide(facts: Facts, endpoint: DecidedEndpoint): Decision {
  if (endpoint.mode === 'off') return ALLOWED.off
  return applyMode(evaluate(facts, endpoint.rule), facts.callerKey, endpoint.mode, endpoint.percent)
}

/** Decides a request for a route that no endpoint of the snapshot covers. */
export function decideUndeclared(facts: Facts, mode: Mode): Decision {
  return mode === 'off' ? ALLOWED.off : applyMode(DENY['endpoint-unknown'], facts.callerKey, mode, 100)
}
