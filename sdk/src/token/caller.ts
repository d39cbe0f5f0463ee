import {
  NO_CONTEXT,
  type Context,
  type Decision,
  type Facts,
  type RecordedContext,
} from '../../../lib/policy/decision.ts'
import type { CallerKind, SenderConstraint, TokenProblem } from '../../../lib/policy/vocabulary.ts'
import type { Surroundings } from '../context/surroundings.ts'
import type { Fold } from '../report/fold.ts'
import type { TokenBinding } from '../sender/token-binding.ts'
import type { Route } from '../guard/route-table.ts'
import type { TokenClaims } from './token-claims.ts'
import type { VerifiedToken } from './verify-token.ts'

/** The part of the facts that differs from request to request is filled in just before the evaluation. */
export interface RequestFacts extends Facts {
  tokenAgeSeconds: number | null
  address: string | null
  context: Context
}

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

const NOBODY: readonly string[] = []
const FOREVER_MS = Number.MAX_SAFE_INTEGER
const MEMOS_MAX = 64
/** Answers that are kept for one route. Others are found by their signature, which takes longer. */
const DEPTH_MAX = 32

/** Who calls, as established from one token or, without a usable one, from the kind of anonymity. */
export class Caller {
  /** The whole `Authorization` header this was established from; empty for anonymous callers. */
  readonly authorization: string
  readonly facts: RequestFacts
  readonly callerHint: string | null
  readonly subject: string | null
  readonly tokenId: string | null
  readonly actors: readonly string[]
  readonly issuedAtSeconds: number | null
  readonly validFromMs: number
  readonly expiresAtMs: number
  /** What the sender has to prove with each request; null for a plain token. */
  readonly binding: TokenBinding | null
  /** Kept by the context reader. */
  surroundings: Surroundings | null = null
  #lastRoute: Route | null = null
  #lastMemo: Memo | null = null
  /** Of all routes, as soon as there is more than the last one. */
  #memos: Map<Route, Memo> | null = null
  #proven: Caller | null = null
  /** Null where the sender has nothing to prove. */
  readonly #verified: VerifiedToken | null

  constructor(authorization: string, verified: VerifiedToken, callerHint: string | null) {
    const { token, problem } = verified
    const claims = token?.claims
    this.authorization = authorization
    this.facts = toFacts(verified)
    this.binding = token?.binding ?? null
    this.#verified = this.binding === null ? null : verified
    this.callerHint = callerHint
    // Mostly the same text: one of them is enough to keep.
    this.subject = claims?.subject === this.facts.caller ? this.facts.caller : (claims?.subject ?? null)
    this.tokenId = claims?.tokenId ?? null
    this.actors = claims?.actors ?? NOBODY
    this.issuedAtSeconds = claims?.issuedAtSeconds ?? null
    this.validFromMs = claims === undefined ? 0 : validFromMs(problem, claims)
    this.expiresAtMs = claims === undefined ? FOREVER_MS : expiresAtMs(problem, claims)
  }

  /** Thumbprint of the certificate or key the token is bound to; null for a plain one. Says nothing about who proved what. */
  get keyThumbprint(): string | null {
    return this.binding?.thumbprint ?? null
  }

  /** The same caller as it is where a request has proven that the token is its own. */
  proven(sender: SenderConstraint): Caller {
    const problem = this.facts.tokenProblem === 'sender-unproven' ? null : this.facts.tokenProblem
    this.#proven ??= new Caller(
      this.authorization,
      { token: null, ...this.#verified, problem, sender },
      this.callerHint,
    )
    return this.#proven
  }

  findMemo(route: Route): Memo | null {
    return route === this.#lastRoute ? this.#lastMemo : this.#findOlderMemo(route)
  }

  #findOlderMemo(route: Route): Memo | null {
    const memo = this.#memos?.get(route) ?? null
    if (memo !== null) this.#setLast(route, memo)
    return memo
  }

  /** Keeps an answer before those that are known. */
  keepMemo(route: Route, answer: Pick<Memo, 'decision' | 'fold' | 'context'>, known: Memo | null): Memo {
    const next = known === null || known.depth >= DEPTH_MAX ? null : known
    const memo: Memo = { ...answer, next, depth: next === null ? 0 : next.depth + 1 }
    this.#memosFor(route)?.set(route, memo)
    this.#setLast(route, memo)
    return memo
  }

  /** Where to put the answer for a route; null where it is the only one. */
  #memosFor(route: Route): Map<Route, Memo> | null {
    if (this.#lastRoute !== null && this.#lastMemo !== null && route !== this.#lastRoute)
      this.#memos ??= new Map([[this.#lastRoute, this.#lastMemo]])
    if (this.#memos !== null && this.#memos.size >= MEMOS_MAX) this.#memos.clear()
    return this.#memos
  }

  /** Counters and rules have changed: nothing decided before may be used again. */
  forgetMemos(): void {
    this.#memos = null
    this.#lastRoute = null
    this.#lastMemo = null
  }

  #setLast(route: Route, memo: Memo): void {
    this.#lastRoute = route
    this.#lastMemo = memo
  }
}

/** From when on a token is what it is: valid, or expired for good. */
function validFromMs(problem: TokenProblem | null, claims: TokenClaims): number {
  if (problem === 'token-not-yet-valid') return 0
  return problem === 'token-expired' ? claims.expiresAtMs : claims.validFromMs
}

/** Until when it is: it may become valid, and it expires. */
function expiresAtMs(problem: TokenProblem | null, claims: TokenClaims): number {
  if (problem === 'token-not-yet-valid') return claims.validFromMs
  return problem === 'token-expired' ? FOREVER_MS : claims.expiresAtMs
}

function toFacts({ problem, token, sender = 'none' }: VerifiedToken): RequestFacts {
  return {
    tokenProblem: problem,
    callerKind: token?.principal.callerKind ?? ('anonymous' satisfies CallerKind),
    caller: token?.principal.caller ?? null,
    callerKey: token?.principal.callerKey ?? null,
    issuer: token?.issuer ?? null,
    scopes: token?.scopes ?? [],
    tokenAgeSeconds: null,
    sender,
    address: null,
    context: NO_CONTEXT,
  }
}

/** A caller of whom nothing is known but what is wrong and, perhaps, the product that asked. */
export const anonymousCaller = (problem: TokenProblem, callerHint: string | null): Caller =>
  new Caller('', { problem, token: null }, callerHint)
