import type {
  CallerKind,
  Check,
  DeviceStanding,
  Mode,
  Observable,
  Outcome,
  Reason,
  SenderConstraint,
  Signal,
  TokenProblem,
  Verdict,
} from './vocabulary.ts'

/** What surrounds a request besides its token. Nothing here is known unless somebody looked: `NO_CONTEXT`. */
export interface Context {
  /** ISO 3166-1 alpha-2, upper case; `null` when unknown. */
  readonly country: string | null
  /** Number of the autonomous system the address belongs to; `null` when unknown. */
  readonly autonomousSystem: number | null
  readonly device: DeviceStanding
  /** Sorted, without duplicates. */
  readonly signals: readonly Signal[]
  /** Requests of this caller to the endpoint in the window of its rate requirement, this one included; `null` when not counted. */
  readonly recentRequests: number | null
  /** Of the rule's conditions those that hold, as written. One that could not be evaluated does not hold. */
  readonly conditionsMet: readonly string[]
}

export const NO_CONTEXT: Context = Object.freeze({
  country: null,
  autonomousSystem: null,
  device: 'none',
  signals: [],
  recentRequests: null,
  conditionsMet: [],
})

/** What is kept of a context with a folded decision: everything but what identical facts do not share, of which the answers are kept. */
export interface RecordedContext {
  readonly country: string | null
  readonly autonomousSystem: number | null
  readonly device: DeviceStanding
  readonly signals: readonly Signal[]
  /** What was looked for: as far as nothing above tells of it, it was not there. */
  readonly observed: readonly Observable[]
  /** Requirements that nothing else of a record answers, by their keys: those that were met. */
  readonly requirementsMet: readonly string[]
  readonly requirementsUnmet: readonly string[]
}

/**
 * What is known about a request once its token was looked at: everything a decision rests on, and nothing about the
 * endpoint. The same facts replayed against another rule give that rule's decision.
 */
export interface Facts {
  /** What is wrong with the token itself; `null` for a valid one. */
  readonly tokenProblem: TokenProblem | null
  readonly callerKind: CallerKind
  /** `client_id`, or `user@<issuer name>` for people; `null` when anonymous. Never a person's subject. */
  readonly caller: string | null
  /** Stable key of the caller for the percent of callers: `client_id`, or issuer and subject of a person. `null` when anonymous. */
  readonly callerKey: string | null
  readonly issuer: string | null
  /** Scopes of the token, sorted, without duplicates. */
  readonly scopes: readonly string[]
  /** Seconds since `iat`; `null` without a readable token. */
  readonly tokenAgeSeconds: number | null
  readonly sender: SenderConstraint
  /** The caller's address behind trusted proxies; `null` when unknown. */
  readonly address: string | null
  readonly context: Context
}

/** What a rule is evaluated by. Who calls takes no part in it, beyond what was established of the token. */
export type EvaluatedFacts = Pick<
  Facts,
  'tokenProblem' | 'scopes' | 'tokenAgeSeconds' | 'sender' | 'address' | 'context'
>

/** The evaluator's answer, before the mode. */
export interface Evaluation {
  readonly verdict: Verdict
  readonly reason: Reason | null
  /** With `scope-missing`: which. */
  readonly missingScopes: readonly string[]
}

/** What happens to the request: the evaluation with the mode applied last. */
export interface Decision extends Evaluation {
  readonly outcome: Outcome
  readonly mode: Mode
}

/** One line of an explained decision. */
export interface CheckResult {
  /** Which check. */
  readonly check: Check
  /** Whether it was passed. */
  readonly passed: boolean
  /** A short sentence for people, without secrets. */
  readonly detail: string
}
