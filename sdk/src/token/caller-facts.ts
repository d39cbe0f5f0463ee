import {
  NO_CONTEXT,
  type Context,
  type Decision,
  type Facts,
  type RecordedContext,
} from '../../../lib/policy/decision.ts'
import type { CallerKind, SenderConstraint, TokenProblem } from '../../../lib/policy/vocabulary.ts'
import type { Route } from '../guard/route-table.ts'
import type { Fold } from '../report/fold.ts'
import type { SignedToken, VerifiedToken } from './verify-token.ts'

/** A decision once made for a caller on a route, with the counter it is folded into. */
export interface Memo {
  readonly decision: Decision
  readonly fold: Fold
  /** What was recorded of the surroundings; compared by identity. */
  readonly context: RecordedContext | null
  /** Another answer for the same caller and route, where it depends on more than both. */
  readonly next: Memo | null
  /** How many follow. */
  readonly depth: number
}

const NO_SCOPES: readonly string[] = Object.freeze([])
const MEMOS_MAX = 64
/** Answers that are kept for one route. Others are found by their signature, which takes longer. */
const DEPTH_MAX = 32
const KNOWN_MAX = 1_024

/** Lists of one token's scopes and of the next one's are mostly the same list. */
export const hasSameScopes = (left: readonly string[], right: readonly string[]): boolean =>
  left === right || (left.length === right.length && left.every((scope, index) => scope === right[index]))

/** What tokens of one caller that are equally good have in common, and what was decided for any of them. */
export class CallerFacts implements Facts {
  readonly tokenProblem: TokenProblem | null
  readonly callerKind: CallerKind
  readonly caller: string | null
  readonly callerKey: string | null
  readonly issuer: string | null
  readonly scopes: readonly string[]
  readonly sender: SenderConstraint
  // These differ from request to request, and are filled in just before the evaluation.
  tokenAgeSeconds: number | null = null
  address: string | null = null
  context: Context = NO_CONTEXT
  /** By route. Made with the first one. */
  #memos: Map<Route, Memo> | null = null

  constructor({ problem, token, sender = 'none' }: VerifiedToken) {
    this.tokenProblem = problem
    this.callerKind = token?.principal.callerKind ?? 'anonymous'
    this.caller = token?.principal.caller ?? null
    this.callerKey = token?.principal.callerKey ?? null
    this.issuer = token?.issuer ?? null
    this.scopes = token?.scopes ?? NO_SCOPES
    this.sender = sender
  }

  /** Whether they are what this token says, too, with which its sender has proven nothing. */
  areThoseOf(problem: TokenProblem | null, { principal, issuer, scopes }: SignedToken): boolean {
    return (
      this.tokenProblem === problem &&
      this.callerKind === principal.callerKind &&
      this.caller === principal.caller &&
      this.callerKey === principal.callerKey &&
      this.issuer === issuer &&
      this.sender === 'none' &&
      hasSameScopes(this.scopes, scopes)
    )
  }

  findMemo(route: Route): Memo | null {
    return this.#memos?.get(route) ?? null
  }

  /** Keeps an answer before those that are known. */
  keepMemo(route: Route, decision: Decision, fold: Fold, context: RecordedContext | null, known: Memo | null): Memo {
    const next = known === null || known.depth >= DEPTH_MAX ? null : known
    const memo: Memo = { decision, fold, context, next, depth: next === null ? 0 : next.depth + 1 }
    if (this.#memos === null || this.#memos.size >= MEMOS_MAX) this.#memos = new Map()
    this.#memos.set(route, memo)
    return memo
  }
}

/** The facts of each caller's last token, mostly those of its next one. Bounded: a flood of callers empties the memory. */
export class KnownFacts {
  readonly #facts = new Map<string, CallerFacts>()

  /** Those that are known, or new ones. */
  of(verified: VerifiedToken): CallerFacts {
    const { problem, token, sender } = verified
    if (token === null || sender !== undefined) return new CallerFacts(verified)
    const known = this.#facts.get(token.principal.callerKey)
    return known?.areThoseOf(problem, token) === true ? known : this.#keep(new CallerFacts(verified))
  }

  clear(): void {
    this.#facts.clear()
  }

  #keep(facts: CallerFacts): CallerFacts {
    if (this.#facts.size >= KNOWN_MAX) this.#facts.clear()
    if (facts.callerKey !== null) this.#facts.set(facts.callerKey, facts)
    return facts
  }
}
