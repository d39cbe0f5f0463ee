import type { RequestReader } from '../guard/request-reader.ts'
import { usesDpop } from '../sender/uses-dpop.ts'
import type { TokenProblem } from '../../../lib/policy/vocabulary.ts'
import { anonymousCaller, Caller } from './caller.ts'
import { KnownFacts } from './caller-facts.ts'
import { CallerHints } from './caller-hint.ts'
import { TOKEN_LENGTH_MAX } from './decode-token.ts'
import { TokenCache } from './token-cache.ts'
import { NO_TRUST, type Trust } from './trust.ts'
import { verifyToken, type VerifiedToken } from './verify-token.ts'

const SCHEME = /^(?:bearer|dpop) +/i
const CACHE_CAPACITY = 10_240
const CACHE_CHARACTERS_MAX = 16_000_000
const REFUSED_CAPACITY = 512
const REFUSED_CHARACTERS_MAX = 1_000_000

/** Characters before the token; 0 where there is none, or too long a one. */
function schemeLengthOf(authorization: string): number {
  if (authorization.length > TOKEN_LENGTH_MAX + 16) return 0
  // Nearly all are spelled so, and this takes a tenth of the time.
  if (authorization.startsWith('Bearer ') && authorization[7] !== ' ') return 7
  return SCHEME.exec(authorization)?.[0].length ?? 0
}

/** Somebody who offers a proof with a token that is bound to no key has proven nothing (RFC 9449, section 7.1). */
const requireBound = (verified: VerifiedToken): VerifiedToken =>
  verified.problem === null ? { ...verified, problem: 'sender-unproven' } : verified

/** Establishes who calls. Each distinct token is verified once, for as long as the configuration stays the same. */
export class Authenticator {
  readonly #callers = new TokenCache(CACHE_CAPACITY, CACHE_CHARACTERS_MAX)
  /** Tokens of which nothing can be believed, apart, so that a flood of them displaces no good one. */
  readonly #refused = new TokenCache(REFUSED_CAPACITY, REFUSED_CHARACTERS_MAX)
  readonly #anonymous = new Map<TokenProblem, Map<string | null, Caller>>()
  readonly #facts = new KnownFacts()
  readonly #hints = new CallerHints()
  #trust: Trust = NO_TRUST

  /** From here on tokens are verified against this; everything verified before is forgotten. */
  trust(trust: Trust): void {
    this.#trust = trust
    this.#callers.clear()
    this.#refused.clear()
    this.#anonymous.clear()
    this.#facts.clear()
  }

  authenticate<Request>(request: Request, reader: RequestReader<Request>, nowMs: number): Caller {
    const authorization = reader.authorization(request)
    if (authorization === undefined || authorization === '')
      return this.#anonymousCaller('token-missing', reader.userAgent(request))
    const known = this.#callers.find(authorization)
    if (known?.holdsAt(nowMs) === true) return known
    return (
      this.#establish(authorization, nowMs) ??
      this.#anonymousCaller(this.#problemOf(authorization), reader.userAgent(request))
    )
  }

  /** Null when nothing in the token can be believed. */
  #establish(authorization: string, nowMs: number): Caller | null {
    if (this.#refused.size > 0 && this.#refused.find(authorization) !== undefined) return null
    const schemeLength = schemeLengthOf(authorization)
    if (schemeLength === 0) return null
    const said = verifyToken(authorization.slice(schemeLength), this.#trust, nowMs)
    const verified = usesDpop(authorization) ? requireBound(said) : said
    const caller = new Caller(authorization, verified, null, this.#facts.of(verified))
    if (caller.facts.caller === null) {
      this.#refused.keep(caller)
      return null
    }
    this.#callers.keep(caller)
    return caller
  }

  #problemOf(authorization: string): TokenProblem {
    const problem = this.#refused.find(authorization)?.facts.tokenProblem
    return problem ?? (/^(bearer|dpop)\b/i.test(authorization) ? 'token-malformed' : 'token-missing')
  }

  #anonymousCaller(problem: TokenProblem, userAgent: string | undefined): Caller {
    const hint = this.#hints.hintOf(userAgent)
    return this.#anonymous.get(problem)?.get(hint) ?? this.#keepAnonymous(problem, hint)
  }

  #keepAnonymous(problem: TokenProblem, hint: string | null): Caller {
    const caller = anonymousCaller(problem, hint)
    const siblings = this.#anonymous.get(problem) ?? new Map<string | null, Caller>()
    this.#anonymous.set(problem, siblings.set(hint, caller))
    return caller
  }
}
