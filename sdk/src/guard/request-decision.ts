import { randomUUID } from 'node:crypto'
import type { Decision } from '../../../lib/policy/decision.ts'
import type { CallerKind, Outcome, Reason } from '../../../lib/policy/vocabulary.ts'
import type { Caller } from '../token/caller.ts'

/** What was decided about a request, for its handler: `request.stepgate`. Absent where the endpoint's mode is `off`. */
export interface StepgateDecision {
  /** `client_id` of the caller, `user@<issuer>` for people; null when anonymous, which log-only lets through. */
  readonly caller: string | null
  /** What kind of caller it is; `anonymous` when there is none. */
  readonly callerKind: CallerKind
  /** Scopes of the token, sorted. */
  readonly scopes: readonly string[]
  /** `sub` of the token; null when anonymous. */
  readonly subject: string | null
  /** Id of this decision, to be found in the console where it was a denial or would-be denial. */
  readonly decisionId: string
  /** `allowed`, or `would-deny` where the rule says no and the mode lets the request through. */
  readonly outcome: Exclude<Outcome, 'denied'>
  /** Why it would be denied; null when allowed. */
  readonly reason: Reason | null
}

type Decided = Pick<Decision, 'outcome' | 'reason'>

/** Makes its id only when somebody asks: most handlers never do. */
export class RequestDecision implements StepgateDecision {
  readonly #caller: Caller
  readonly #decision: Decided
  #id: string | null

  constructor(caller: Caller, decision: Decided, id: string | null) {
    this.#caller = caller
    this.#decision = decision
    this.#id = id
  }

  get caller(): string | null {
    return this.#caller.facts.caller
  }

  get callerKind(): CallerKind {
    return this.#caller.facts.callerKind
  }

  get scopes(): readonly string[] {
    return this.#caller.facts.scopes
  }

  get subject(): string | null {
    return this.#caller.subject
  }

  get decisionId(): string {
    this.#id ??= randomUUID()
    return this.#id
  }

  get outcome(): 'allowed' | 'would-deny' {
    return this.#decision.outcome === 'allowed' ? 'allowed' : 'would-deny'
  }

  get reason(): Reason | null {
    return this.#decision.reason
  }

  toJSON(): StepgateDecision {
    const { caller, callerKind, scopes, subject, decisionId, outcome, reason } = this
    return { caller, callerKind, scopes, subject, decisionId, outcome, reason }
  }
}
