import type { RecordedContext } from '../policy/decision.ts'
import type { CallerKind, Mode, Outcome, Reason, SenderConstraint, TokenProblem } from '../policy/vocabulary.ts'

/** One decision signature with what was counted of it in a window. */
export interface RecordedFacts {
  readonly signatureId: string
  readonly endpointId: string | null
  /** False where the mode was off: the request was counted and nothing is known of it. */
  readonly evaluated: boolean
  /** Recorded traffic that was replayed. */
  readonly replayed: boolean
  readonly mode: Mode
  readonly outcome: Outcome
  readonly reason: Reason | null
  readonly tokenProblem: TokenProblem | null
  readonly callerKind: CallerKind
  readonly caller: string | null
  readonly callerHint: string | null
  readonly issuer: string | null
  readonly scopes: readonly string[]
  readonly sender: SenderConstraint
  /** Null where nothing but the token was looked at. */
  readonly context: RecordedContext | null
  readonly count: number
  /** Requests per token-age bucket; null without a readable token. */
  readonly tokenAges: readonly number[] | null
  readonly firstAt: Date
  readonly lastAt: Date
}

/** What of a record answers a rule. */
export type EvaluatedRecord = Pick<RecordedFacts, 'tokenProblem' | 'scopes' | 'sender' | 'context'>
