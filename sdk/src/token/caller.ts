import type { SenderConstraint, TokenProblem } from '../../../lib/policy/vocabulary.ts'
import type { Surroundings } from '../context/surroundings.ts'
import type { Route } from '../guard/route-table.ts'
import type { Fold } from '../report/fold.ts'
import type { TokenBinding } from '../sender/token-binding.ts'
import { CallerFacts } from './caller-facts.ts'
import { decodeToken } from './decode-token.ts'
import type { JsonObject } from './json-object.ts'
import { readClaims, type TokenClaims } from './token-claims.ts'
import type { VerifiedToken } from './verify-token.ts'

/** Who calls, as established from one token or, without a usable one, from the kind of anonymity. */
export class Caller {
  // What every request looks at comes first, so that it lies together in memory.
  /** Kept by the cache: what tells the header from most others at a glance, and when it was used last. */
  print = 0
  usedAt = 0
  /** The whole `Authorization` header this was established from; empty for anonymous callers. */
  readonly authorization: string
  #allowedRoute: Route | null = null
  #allowedFold: Fold | null = null
  readonly facts: CallerFacts
  readonly validFromSeconds: number
  /** Null for never. */
  readonly expiresAtSeconds: number | null
  readonly issuedAtSeconds: number | null
  /** What the sender has to prove with each request; null for a plain token. */
  readonly binding: TokenBinding | null
  readonly callerHint: string | null
  readonly subject: string | null
  /** Kept by the context reader. */
  surroundings: Surroundings | null = null
  #proven: Caller | null = null
  /** Null where the sender has nothing to prove. */
  readonly #verified: VerifiedToken | null

  constructor(
    authorization: string,
    verified: VerifiedToken,
    callerHint: string | null,
    facts = new CallerFacts(verified),
  ) {
    const { token, problem } = verified
    const claims = token?.claims
    this.authorization = authorization
    this.facts = facts
    this.binding = token?.binding ?? null
    this.#verified = this.binding === null ? null : verified
    this.callerHint = callerHint
    // Mostly the same text: one of them is enough to keep.
    this.subject = claims?.subject === facts.caller ? facts.caller : (claims?.subject ?? null)
    this.issuedAtSeconds = claims?.issuedAtSeconds ?? null
    this.validFromSeconds = claims === undefined ? 0 : validFromSeconds(problem, claims)
    this.expiresAtSeconds = claims === undefined ? null : expiresAtSeconds(problem, claims)
  }

  /** Where it is counted that the caller may use a route; null where that has to be asked for. */
  allowedOn(route: Route): Fold | null {
    return route === this.#allowedRoute ? this.#allowedFold : null
  }

  /** Keeps the last of the answers that rest on nothing but caller and route: that it is allowed. */
  allow(route: Route, fold: Fold): void {
    this.#allowedRoute = route
    this.#allowedFold = fold
  }

  /** Whether the token is, at this moment, what it was found to be. */
  holdsAt(nowMs: number): boolean {
    return (
      nowMs >= this.validFromSeconds * 1000 && (this.expiresAtSeconds === null || nowMs < this.expiresAtSeconds * 1000)
    )
  }

  /** Thumbprint of the certificate or key the token is bound to; null for a plain one. Says nothing about who proved what. */
  get keyThumbprint(): string | null {
    return this.binding?.thumbprint ?? null
  }

  get tokenId(): string | null {
    return this.readClaims()?.tokenId ?? null
  }

  /** Null for anonymous callers. */
  readClaims(): TokenClaims | null {
    const payload = this.readPayload()
    return payload === null ? null : readClaims(payload)
  }

  /** Read once more from the token, which was verified: few ask for it, and it takes room. */
  readPayload(): JsonObject | null {
    return decodeToken(this.authorization.slice(this.authorization.lastIndexOf(' ') + 1))?.payload ?? null
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
}

/** From when on a token is what it is: valid, or expired for good. */
function validFromSeconds(problem: TokenProblem | null, claims: TokenClaims): number {
  if (problem === 'token-not-yet-valid') return 0
  return problem === 'token-expired' ? claims.expiresAtSeconds : claims.validFromSeconds
}

/** Until when it is: it may become valid, and it expires. */
function expiresAtSeconds(problem: TokenProblem | null, claims: TokenClaims): number | null {
  if (problem === 'token-not-yet-valid') return claims.validFromSeconds
  return problem === 'token-expired' ? null : claims.expiresAtSeconds
}

/** A caller of whom nothing is known but what is wrong and, perhaps, the product that asked. */
export const anonymousCaller = (problem: TokenProblem, callerHint: string | null): Caller =>
  new Caller('', { problem, token: null }, callerHint)
