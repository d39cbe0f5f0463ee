import type { StepgateTokenError } from '../errors.ts'
import type { Settings } from '../settings.ts'
import { sha256 } from '../sha256.ts'
import { ClientCertificate } from './client-certificate.ts'
import { betweenMs, fullJitterMs } from './backoff.ts'
import type { DpopSigner } from './dpop-signer.ts'
import type { InstallationId } from './installation-id.ts'
import { expiryOf } from './subject-token.ts'
import { CONTROL_PLANE_AUDIENCE, TokenEndpoint, type IssuedToken, type TokenWish } from './token-endpoint.ts'
import { messageOf } from '../caught-error.ts'
import { loadPart } from '../config/load-part.ts'
import { TokenSlots, type Slot } from './token-slots.ts'

/** An access token for one audience. */
export interface StepgateToken {
  /** For `Authorization: <tokenType> …`. */
  readonly accessToken: string
  /** `DPoP` where the setting `dpop` is on: such a token is good with a proof for each request, which `fetch` makes. */
  readonly tokenType: 'Bearer' | 'DPoP'
  /** When the token expires, by this machine's clock. */
  readonly expiresAt: Date
  /** Scopes the token carries, which may be fewer than were asked for. */
  readonly scopes: readonly string[]
}

/** A token to act on somebody's behalf. */
export interface StepgateExchange {
  /** The access token of the one on whose behalf: a service's that was meant for this service, or a user's. */
  readonly subjectToken: string
  /** Name of the service that will be called. */
  readonly audience: string
  /** Scopes to ask for; by default all that both sides allow. */
  readonly scopes?: readonly string[]
}

/** Where `fetch` gets its tokens. */
export interface TokenSource {
  /** The class services know. A part that is loaded late has a copy of its own. */
  readonly TokenError: typeof StepgateTokenError
  /** Makes proofs for tokens of type `DPoP`; null before there is one. */
  readonly signer: DpopSigner | null
  find(wish: TokenWish): Promise<StepgateToken>
  discard(wish: TokenWish, accessToken: string): void
  /** Tells installations of this service apart. Never rejects. */
  installationId(): Promise<string>
}

/** Requests for access tokens since the start, those for the middleware's own calls included. */
export interface StepgateTokenCount {
  /** Tokens received. */
  readonly issued: number
  /** Requests that brought none. */
  readonly failed: number
}

interface HeldToken extends StepgateToken {
  /** On the monotonic clock. */
  readonly renewAtMs: number
  readonly expiresAtMs: number
}

const SLOTS_MAX = 1_000
/** Users are many, and each has a token of its own. */
const EXCHANGED_SLOTS_MAX = 5_000
/** A token is not handed out in its last moments, which it would spend on the way. */
const EXPIRY_MARGIN_MS = 2_000
const RETRY_CAP_MS = 30_000
/** While somebody waits. */
const ATTEMPTS_MAX = 3
const ATTEMPT_DELAY_MS = 100
const ATTEMPT_DELAY_CAP_MS = 1_000

const monotonicMs = (): number => performance.now()

/** Of another's token nothing but its hash is kept. */
const nameOf = ({ audience, scopes, subjectToken }: TokenWish): string => {
  const subject = subjectToken === null ? '' : sha256(subjectToken)
  return `${audience} ${[...new Set(scopes)].sort().join(' ')}\n${subject}`
}

/** A token that ends with the one it was exchanged for is not renewed: another would end just then as well. */
function toHeld({ lifetimeMs, ...token }: IssuedToken, wish: TokenWish, requestedAtMs: number): HeldToken {
  const startMs = Date.now() - (monotonicMs() - requestedAtMs)
  const subjectLeftMs = (wish.subjectToken === null ? null : expiryOf(wish.subjectToken)) ?? Number.MAX_SAFE_INTEGER
  const ownMs = Math.min(lifetimeMs, subjectLeftMs - startMs)
  const endsWithSubject = startMs + lifetimeMs >= subjectLeftMs - EXPIRY_MARGIN_MS
  return {
    ...token,
    expiresAt: new Date(startMs + ownMs),
    renewAtMs: endsWithSubject ? Number.MAX_SAFE_INTEGER : requestedAtMs + betweenMs(0.4 * ownMs, 0.5 * ownMs),
    expiresAtMs: requestedAtMs + ownMs - Math.min(EXPIRY_MARGIN_MS, ownMs / 10),
  }
}

const isWorthRetrying = (error: unknown, TokenError: typeof StepgateTokenError): boolean =>
  error instanceof TokenError && error.code === 'unavailable' && (error.status === null || error.status >= 500)

/**
 * Gets and keeps access tokens. A token is renewed in the background after 40 to 50 percent of its life, by one request
 * however many callers wait, and used until it expires when the control plane cannot be reached.
 */
export class TokenClient implements TokenSource {
  readonly #settings: Settings
  readonly #endpoint: TokenEndpoint
  readonly #slots = new TokenSlots<HeldToken>(SLOTS_MAX)
  readonly #exchanged = new TokenSlots<HeldToken>(EXCHANGED_SLOTS_MAX)
  #installation: InstallationId | null = null
  readonly TokenError: typeof StepgateTokenError
  /** Of every connection to the control plane; null where it asks for none. */
  readonly certificate: ClientCertificate | null
  signer: DpopSigner | null = null
  #issued = 0
  #failed = 0

  /** `TokenError` is what is thrown. */
  constructor(settings: Settings, TokenError: typeof StepgateTokenError) {
    this.#settings = settings
    this.TokenError = TokenError
    const { clientCertificate } = settings
    this.certificate = clientCertificate === null ? null : new ClientCertificate(clientCertificate)
    this.#endpoint = new TokenEndpoint(settings, TokenError, this.certificate)
  }

  get counts(): StepgateTokenCount {
    return { issued: this.#issued, failed: this.#failed }
  }

  /** A token of the service's own. Throws {@link StepgateTokenError} when there is no valid one and none can be had. */
  getToken(audience: string, scopes: readonly string[] = [], isBackground = false): Promise<StepgateToken> {
    return this.find({ audience, scopes, subjectToken: null }, isBackground)
  }

  /** Throws {@link StepgateTokenError} when there is no valid token and none can be had. */
  async find(wish: TokenWish, isBackground = false): Promise<StepgateToken> {
    const slot = this.#slotOf(wish)
    const nowMs = monotonicMs()
    const { held } = slot
    if (held === null || nowMs >= held.expiresAtMs) return this.#renew(slot, wish, isBackground)
    // The one at hand will do; a failed renewal is tried again later, until it expires.
    if (nowMs >= held.renewAtMs && nowMs >= slot.retryAtMs) this.#renew(slot, wish, true).catch(() => undefined)
    return held
  }

  async installationId(): Promise<string> {
    const { stateDir, clientId, workload } = this.#settings
    const { InstallationId } = await loadPart(() => import('./outgoing-calls.ts'))
    this.#installation ??= new InstallationId(stateDir, clientId, workload)
    return this.#installation.get()
  }

  /** Forgets a token that was refused where it was used, unless another one has taken its place. */
  discard(wish: TokenWish, accessToken: string): void {
    const slot = this.#slotOf(wish)
    if (slot.held?.accessToken === accessToken) slot.held = null
  }

  #slotOf(wish: TokenWish): Slot<HeldToken> {
    return (wish.subjectToken === null ? this.#slots : this.#exchanged).find(nameOf(wish))
  }

  #renew(slot: Slot<HeldToken>, wish: TokenWish, isBackground: boolean): Promise<HeldToken> {
    slot.pending ??= this.#request(wish, isBackground)
      .then(
        (token) => {
          slot.held = token
          slot.failures = 0
          this.#issued++
          return token
        },
        (error: unknown) => {
          this.#failed++
          slot.retryAtMs = monotonicMs() + fullJitterMs(++slot.failures, 1_000, RETRY_CAP_MS)
          throw error
        },
      )
      .finally(() => {
        slot.pending = null
      })
    return slot.pending
  }

  /** Whoever works in the background tries again by itself; for the others a moment's outage is bridged here. */
  async #request(wish: TokenWish, isBackground: boolean): Promise<HeldToken> {
    for (let attempt = 1; ; attempt++) {
      const requestedAtMs = monotonicMs()
      try {
        const signer = await this.#signerFor(wish)
        return toHeld(await this.#endpoint.request(wish, signer, isBackground), wish, requestedAtMs)
      } catch (error) {
        if (isBackground || attempt >= ATTEMPTS_MAX || !isWorthRetrying(error, this.TokenError)) throw error
      }
      const delayMs = fullJitterMs(attempt, ATTEMPT_DELAY_MS, ATTEMPT_DELAY_CAP_MS)
      await new Promise((resolve) => setTimeout(resolve, delayMs))
    }
  }

  /** The key is made with the first token that is to be bound to it. */
  async #signerFor({ audience }: TokenWish): Promise<DpopSigner | null> {
    if (!this.#settings.dpop || audience === CONTROL_PLANE_AUDIENCE) return null
    try {
      const { DpopSigner } = await loadPart(() => import('./outgoing-calls.ts'))
      this.signer ??= new DpopSigner()
      return this.signer
    } catch (error) {
      throw new this.TokenError('unavailable', audience, messageOf(error))
    }
  }
}
