import type { StepgateTokenError } from '../errors.ts'
import type { Settings } from '../settings.ts'
import { parseJsonObject, own, type JsonObject } from '../token/json-object.ts'
import { authenticateClient } from './client-authentication.ts'
import type { ClientCertificate } from './client-certificate.ts'
import type { DpopSigner } from './dpop-signer.ts'
import { toHeaderValue } from './header-value.ts'
import { describeAnswer, exchange, type HttpAnswer } from './http-exchange.ts'
import { messageOf } from '../caught-error.ts'

/** Audience of the tokens for the control plane itself, which takes plain ones. */
export const CONTROL_PLANE_AUDIENCE = 'stepgate'

const DEADLINE_MS = 10_000
const BYTES_MAX = 64 * 1024
const LIFETIME_SECONDS_MAX = 86_400 * 366
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token'

/** What token is asked for. */
export interface TokenWish {
  readonly audience: string
  readonly scopes: readonly string[]
  /** The token of the one on whose behalf it will be used; null for a token of the service's own. */
  readonly subjectToken: string | null
}

export interface IssuedToken {
  readonly accessToken: string
  readonly tokenType: 'Bearer' | 'DPoP'
  readonly scopes: readonly string[]
  readonly lifetimeMs: number
}

const optionalText = (value: unknown): string => (typeof value === 'string' ? value.slice(0, 200) : '')

/** Null for a type that cannot be used: an unknown one, and one that asks for proofs which nobody would make. */
function readTokenType(value: unknown, isProven: boolean): IssuedToken['tokenType'] | null {
  const type = value === undefined ? 'bearer' : optionalText(value).toLowerCase()
  if (type === 'bearer') return 'Bearer'
  return type === 'dpop' && isProven ? 'DPoP' : null
}

function readToken(body: JsonObject, isProven: boolean): IssuedToken | null {
  const [accessToken, expiresIn, scope] = [own(body, 'access_token'), own(body, 'expires_in'), own(body, 'scope')]
  const tokenType = readTokenType(own(body, 'token_type'), isProven)
  if (typeof accessToken !== 'string' || !/^[\x21-\x7e]+$/.test(accessToken) || tokenType === null) return null
  if (typeof expiresIn !== 'number' || !(expiresIn > 0 && expiresIn <= LIFETIME_SECONDS_MAX)) return null
  const scopes = typeof scope === 'string' ? scope.split(' ').filter((word) => word !== '') : []
  return { accessToken, tokenType, scopes, lifetimeMs: expiresIn * 1000 }
}

const textOf = (answer: HttpAnswer, name: string): string => optionalText(own(parseJsonObject(answer.body) ?? {}, name))
const errorOf = (answer: HttpAnswer): string => textOf(answer, 'error')

const REFUSALS: readonly number[] = [400, 401, 403]

type TokenErrorParts = ConstructorParameters<typeof StepgateTokenError>

/** A refusal says so in the terms of OAuth (RFC 6749, section 5.2). Whatever else is answered does not come from a token endpoint that works. */
function toErrorParts(audience: string, answer: HttpAnswer): TokenErrorParts {
  const { status } = answer
  const error = errorOf(answer)
  if (error === '') return ['unavailable', audience, describeAnswer(answer), status]
  const description = textOf(answer, 'error_description')
  const detail = description === '' ? error : `${error}: ${description}`
  return [REFUSALS.includes(status) ? 'refused' : 'unavailable', audience, detail, status]
}

const toParameters = ({ audience, scopes, subjectToken }: TokenWish): Record<string, string> => ({
  ...(subjectToken === null
    ? { grant_type: 'client_credentials' }
    : { grant_type: EXCHANGE, subject_token: subjectToken, subject_token_type: ACCESS_TOKEN }),
  resource: audience,
  ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
})

/** Asks the control plane's token endpoint for tokens, with the credential of this service. */
export class TokenEndpoint {
  readonly #settings: Settings
  readonly #certificate: ClientCertificate | null
  readonly #url: string
  readonly #TokenError: typeof StepgateTokenError

  constructor(settings: Settings, TokenError: typeof StepgateTokenError, certificate: ClientCertificate | null) {
    this.#settings = settings
    this.#certificate = certificate
    this.#TokenError = TokenError
    this.#url = `${settings.url}/oauth/token`
  }

  /** A token bound to the signer's key, where there is one. Throws {@link StepgateTokenError} when the answer is no token, or there is none. */
  async request(wish: TokenWish, signer: DpopSigner | null, isBackground: boolean): Promise<IssuedToken> {
    let answer = await this.#post(wish, signer, isBackground)
    // A nonce that is new may be why the proof was refused; the same one again is not.
    const hasNewNonce = signer?.takeNonce(this.#url, answer.headers['dpop-nonce']) === true
    if (hasNewNonce && errorOf(answer) === 'use_dpop_nonce') answer = await this.#post(wish, signer, isBackground)
    const body = answer.status === 200 ? parseJsonObject(answer.body) : null
    if (body === null) throw new this.#TokenError(...toErrorParts(wish.audience, answer))
    const token = readToken(body, signer !== null)
    if (token === null)
      throw new this.#TokenError('unavailable', wish.audience, 'the answer is not a token', answer.status)
    return token
  }

  async #post(wish: TokenWish, signer: DpopSigner | null, isBackground: boolean): Promise<HttpAnswer> {
    try {
      const { headers, parameters } = await authenticateClient(this.#settings, this.#url)
      const agent = await this.#certificate?.agent()
      return await exchange({
        method: 'POST',
        url: this.#url,
        headers: {
          ...headers,
          'content-type': 'application/x-www-form-urlencoded',
          accept: 'application/json',
          // So that one credential in two programs is noticed.
          'stepgate-workload': toHeaderValue(this.#settings.workload),
          ...(signer === null ? {} : { dpop: signer.prove('POST', this.#url, null) }),
        },
        body: new URLSearchParams({ ...toParameters(wish), ...parameters }).toString(),
        deadlineMs: DEADLINE_MS,
        bytesMax: BYTES_MAX,
        isBackground,
        ...(agent === undefined ? {} : { agent }),
      })
    } catch (error) {
      throw new this.#TokenError('unavailable', wish.audience, messageOf(error, 'no answer'))
    }
  }
}
