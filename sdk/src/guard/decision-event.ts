import type { CheckResult, Decision } from '../../../lib/policy/decision.ts'
import type { CallerKind, Mode, Outcome, Reason, Verdict } from '../../../lib/policy/vocabulary.ts'
import type { Caller } from '../token/caller.ts'
import type { Route } from './route-table.ts'

/** What was decided about one request, as events tell it. Holds no token, address or query. */
export interface StepgateDecisionEvent {
  /** Id of this decision, to be found in the console where it was a denial or would-be denial. */
  readonly decisionId: string
  /** Method of the endpoint. */
  readonly method: string
  /** Route template of the endpoint, `/orders/:orderId`. */
  readonly route: string
  /** Mode of the endpoint. */
  readonly mode: Mode
  /** What the endpoint's rule says, before the mode is applied. */
  readonly verdict: Verdict
  /** What became of the request. */
  readonly outcome: Outcome
  /** The first check that failed; null when allowed. */
  readonly reason: Reason | null
  /** Scopes the endpoint asks for and the token lacks, where that is the reason. */
  readonly missingScopes: readonly string[]
  /** `client_id` of the caller, `user@<issuer>` for people; null when anonymous. */
  readonly caller: string | null
  /** What kind of caller it is. */
  readonly callerKind: CallerKind
  /** Every check that was made, in the order in which they count. Worked out when it is read. */
  readonly checks: readonly CheckResult[]
}

export function toDecisionEvent(
  route: Route,
  { facts }: Caller,
  { mode, verdict, outcome, reason, missingScopes }: Decision,
  decisionId: string,
  explain: () => readonly CheckResult[],
): StepgateDecisionEvent {
  return {
    decisionId,
    method: route.method,
    route: route.template,
    mode,
    verdict,
    outcome,
    reason,
    missingScopes,
    caller: facts.caller,
    callerKind: facts.callerKind,
    get checks() {
      return explain()
    },
  }
}
