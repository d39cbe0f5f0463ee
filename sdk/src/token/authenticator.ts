import type { RequestReader } from '../guard/request-reader.ts'
import { usesDpop } from '../sender/uses-dpop.ts'
import type { TokenProblem } from '../../../lib/policy/vocabulary.ts'
import { anonymousCaller, Caller } from './caller.ts'
import { KnownFacts } from './caller-facts.ts'
import { CallerHints } from './caller-hint.ts'
import { TOKEN_LENGTH_MAX } from './decode-token.ts'
import { TokenCache } from './token-cache.ts'
import { NOBODY_TRUSTED, type Verifier } from './verifier.ts'
import type { VerifiedToken } from './verify-token.ts'

const SCHEME = /^(?:bearer|dpop) +/i
/** Each token in one spelling: those of one that is expired would else be as many as anybody likes. */
const USUAL = /^(?:Bearer|DPoP) [^ ]/
const CACHE_CAPACITY = 10_240
const CACHE_CHARACTERS_MAX = 16_000_000
const ODD_CAPACITY = 512
const ODD_CHARACTERS_MAX = 1_000_000

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
  /** Those in which nothing can be believed or that are spelled unlike all others, apart: a flood of them displaces no good one. */
  readonly #odd = new TokenCache(ODD_CAPACITY, ODD_CHARACTERS_MAX)
  readonly #anonymous = new Map<TokenProblem, Map<string | null, Caller>>()
  readonly #facts = new KnownFacts()
  readonly #hints = new CallerHints()
  #verifier = NOBODY_TRUSTED

  /** From here on tokens are verified by this one; everything verified before is forgotten. */
  use(verifier: Verifier): void {
    this.#verifier = verifier
    this.#callers.clear()
    this.#odd.clear()
    this.#anonymous.clear()
    this.#facts.clear()
  }

  authenticate<Request>(request: Request, reader: RequestReader<Request>, nowMs: number): Caller {
    const authorization = reader.authorization(request)
    if (authorization === undefined || authorization === '')
      return this.#anonymousCaller('token-missing', reader.userAgent(request))
    const known = this.#callers.find(authorization)
    if (known?.holdsAt(nowMs) === true) return known
    const caller = this.#establish(authorization, nowMs)
    return typeof caller === 'string' ? this.#anonymousCaller(caller, reader.userAgent(request)) : caller
  }

  /** The caller, or what is wrong with a token in which nothing can be believed. */
  #establish(authorization: string, nowMs: number): Caller | TokenProblem {
    const schemeLength = schemeLengthOf(authorization)
    if (schemeLength === 0) return /^(bearer|dpop)\b/i.test(authorization) ? 'token-malformed' : 'token-missing'
    const odd = this.#odd.size > 0 ? this.#odd.find(authorization) : undefined
    const caller =
      odd?.holdsAt(nowMs) === true ? odd : this.#verify(authorization, authorization.slice(schemeLength), nowMs)
    const { facts } = caller
    return facts.caller === null && facts.tokenProblem !== null ? facts.tokenProblem : caller
  }

  #verify(authorization: string, token: string, nowMs: number): Caller {
    const said = this.#verifier.verify(token, nowMs)
    const verified = usesDpop(authorization) ? requireBound(said) : said
    const caller = new Caller(authorization, verified, null, this.#facts.of(verified))
    const isOdd = caller.facts.caller === null || !USUAL.test(authorization)
    ;(isOdd ? this.#odd : this.#callers).keep(caller)
    return caller
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
