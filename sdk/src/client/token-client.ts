import { StepgateTokenError } from '../errors.ts'
import type { Settings } from '../settings.ts'
import { parseJsonObject, own, type JsonObject } from '../token/json-object.ts'
import { betweenMs, fullJitterMs } from './backoff.ts'
import { authenticateClient } from './client-authentication.ts'
import { toHeaderValue } from './header-value.ts'
import { exchange, type HttpAnswer } from './http-exchange.ts'
import { InstallationId } from './installation-id.ts'

/** An access token for one audience. */
export interface StepgateToken {
  /** For `Authorization: Bearer …`. */
  readonly accessToken: string
  /** When the token expires, by this machine's clock. */
  readonly expiresAt: Date
  /** Scopes the token carries, which may be fewer than were asked for. */
  readonly scopes: readonly string[]
}

/** Where `fetch` gets its tokens. */
export interface TokenSource {
  getToken(audience: string, scopes?: readonly string[]): Promise<StepgateToken>
  discard(audience: string, scopes: readonly string[], accessToken: string): void
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

interface Slot {
  held: HeldToken | null
  pending: Promise<HeldToken> | null
  failures: number
  /** No renewal in the background before this. */
  retryAtMs: number
}

const DEADLINE_MS = 10_000
const BYTES_MAX = 64 * 1024
const SLOTS_MAX = 1_000
const LIFETIME_SECONDS_MAX = 86_400 * 366
/** A token is not handed out in its last moments, which it would spend on the way. */
const EXPIRY_MARGIN_MS = 2_000
const RETRY_CAP_MS = 30_000

const monotonicMs = (): number => performance.now()

const optionalText = (value: unknown): string => (typeof value === 'string' ? value.slice(0, 200) : '')

function readToken(body: JsonObject, requestedAtMs: number): HeldToken | null {
  const [accessToken, expiresIn, scope] = [own(body, 'access_token'), own(body, 'expires_in'), own(body, 'scope')]
  if (typeof accessToken !== 'string' || accessToken === '' || !/^[\x21-\x7e]+$/.test(accessToken)) return null
  if (typeof expiresIn !== 'number' || !(expiresIn > 0 && expiresIn <= LIFETIME_SECONDS_MAX)) return null
  const lifetimeMs = expiresIn * 1000
  return {
    accessToken,
    expiresAt: new Date(Date.now() - (monotonicMs() - requestedAtMs) + lifetimeMs),
    scopes: typeof scope === 'string' ? scope.split(' ').filter((word) => word !== '') : [],
    renewAtMs: requestedAtMs + lifetimeMs * betweenMs(0.4, 0.5),
    expiresAtMs: requestedAtMs + lifetimeMs - Math.min(EXPIRY_MARGIN_MS, lifetimeMs / 10),
  }
}

function toTokenError(audience: string, answer: HttpAnswer): StepgateTokenError {
  const body = parseJsonObject(answer.body) ?? {}
  const detail = [optionalText(own(body, 'error')), optionalText(own(body, 'error_description'))]
    .filter((text) => text !== '')
    .join(': ')
  const isRefusal = answer.status >= 400 && answer.status < 500 && answer.status !== 408 && answer.status !== 429
  return new StepgateTokenError(
    isRefusal ? 'refused' : 'unavailable',
    audience,
    detail === '' ? `status ${String(answer.status)}` : detail,
    answer.status,
  )
}

/**
 * Gets and keeps access tokens by client credentials. A token is renewed in the background after 40 to 50 percent of its
 * life, by one request however many callers wait, and used until it expires when the control plane cannot be reached.
 */
export class TokenClient implements TokenSource {
  readonly #settings: Settings
  readonly #tokenEndpoint: string
  readonly #slots = new Map<string, Slot>()
  readonly #installation: InstallationId
  #issued = 0
  #failed = 0

  constructor(settings: Settings) {
    this.#settings = settings
    this.#installation = new InstallationId(settings.stateDir, settings.clientId, settings.workload)
    this.#tokenEndpoint = `${settings.url}/oauth/token`
  }

  get counts(): StepgateTokenCount {
    return { issued: this.#issued, failed: this.#failed }
  }

  /** Throws {@link StepgateTokenError} when there is no valid token and none can be had. */
  async getToken(audience: string, scopes: readonly string[] = [], isBackground = false): Promise<StepgateToken> {
    const slot = this.#slotOf(audience, scopes)
    const nowMs = monotonicMs()
    const { held } = slot
    if (held === null || nowMs >= held.expiresAtMs) return this.#renew(slot, audience, scopes, isBackground)
    // The one at hand will do; a failed renewal is tried again later, until it expires.
    if (nowMs >= held.renewAtMs && nowMs >= slot.retryAtMs)
      this.#renew(slot, audience, scopes, true).catch(() => undefined)
    return held
  }

  installationId(): Promise<string> {
    return this.#installation.get()
  }

  /** Forgets a token that was refused where it was used, unless another one has taken its place. */
  discard(audience: string, scopes: readonly string[], accessToken: string): void {
    const slot = this.#slotOf(audience, scopes)
    if (slot.held?.accessToken === accessToken) slot.held = null
  }

  #slotOf(audience: string, scopes: readonly string[]): Slot {
    const key = `${audience} ${[...new Set(scopes)].sort().join(' ')}`
    const known = this.#slots.get(key)
    if (known !== undefined) return known
    if (this.#slots.size >= SLOTS_MAX) this.#slots.clear()
    const slot: Slot = { held: null, pending: null, failures: 0, retryAtMs: 0 }
    this.#slots.set(key, slot)
    return slot
  }

  #renew(slot: Slot, audience: string, scopes: readonly string[], isBackground: boolean): Promise<HeldToken> {
    slot.pending ??= this.#request(audience, scopes, isBackground)
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

  async #request(audience: string, scopes: readonly string[], isBackground: boolean): Promise<HeldToken> {
    const requestedAtMs = monotonicMs()
    const answer = await this.#post(audience, scopes, isBackground)
    const body = answer.status === 200 ? parseJsonObject(answer.body) : null
    if (body === null) throw toTokenError(audience, answer)
    const token = readToken(body, requestedAtMs)
    if (token === null)
      throw new StepgateTokenError('unavailable', audience, 'the answer is not a token', answer.status)
    return token
  }

  async #post(audience: string, scopes: readonly string[], isBackground: boolean): Promise<HttpAnswer> {
    const { headers, parameters } = authenticateClient(this.#settings, this.#tokenEndpoint)
    const scope = scopes.length === 0 ? {} : { scope: scopes.join(' ') }
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      resource: audience,
      ...scope,
      ...parameters,
    }).toString()
    try {
      return await exchange({
        method: 'POST',
        url: this.#tokenEndpoint,
        headers: {
          ...headers,
          'content-type': 'application/x-www-form-urlencoded',
          accept: 'application/json',
          // So that one credential in two programs is noticed.
          'stepgate-workload': toHeaderValue(this.#settings.workload),
        },
        body,
        deadlineMs: DEADLINE_MS,
        bytesMax: BYTES_MAX,
        isBackground,
      })
    } catch (error) {
      throw new StepgateTokenError('unavailable', audience, error instanceof Error ? error.message : 'no answer')
    }
  }
}
