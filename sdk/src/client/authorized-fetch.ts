import { INSTANCE_HEADER } from '../context/device.ts'
import { findSubjectToken, type StepgateSubject } from './subject-token.ts'
import type { StepgateToken, TokenSource } from './token-client.ts'
import type { TokenWish } from './token-endpoint.ts'

/** `fetch` options with the audience and scopes of the token to be sent. */
export interface StepgateFetchInit extends RequestInit {
  /** Name of the service that is called. By default the one that `audiences` names for the origin; without either no token is sent. */
  readonly audience?: string
  /** Scopes to ask for; by default all that were granted. */
  readonly scopes?: string[]
  /**
   * The request on whose behalf the call is made: its token is exchanged for one that names both its subject and this
   * service. By default the service calls in its own name.
   */
  readonly onBehalfOf?: StepgateSubject
}

/** Those above and those of `fetch`, of Node.js and of Next.js: a misspelled audience would send no token. */
export const FETCH_OPTIONS: readonly string[] = [
  ...['audience', 'scopes', 'onBehalfOf', 'body', 'cache', 'credentials', 'dispatcher', 'duplex', 'headers'],
  ...['integrity', 'keepalive', 'method', 'mode', 'next', 'priority', 'redirect', 'referrer', 'referrerPolicy'],
  ...['signal', 'window'],
]

type FetchInput = Parameters<typeof fetch>[0]

/** A body that can only be read once cannot be sent again. */
const isRepeatable = (input: FetchInput, init: RequestInit): boolean =>
  !(input instanceof Request && input.body !== null) && !(init.body instanceof ReadableStream)

const urlOf = (input: FetchInput): string => (input instanceof Request ? input.url : String(input))

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null

/** What is wrong with the arguments of a call; empty where nothing is. */
export function problemOf(input: FetchInput, { onBehalfOf = { headers: {} } }: StepgateFetchInit): string {
  if (!URL.canParse(urlOf(input))) return 'fetch needs an absolute URL or a Request'
  return isObject(onBehalfOf) && isObject(onBehalfOf.headers) ? '' : 'onBehalfOf must be a request with headers'
}

/** As `fetch` will send it. */
function methodOf(input: FetchInput, init: RequestInit): string {
  const method = init.method ?? (input instanceof Request ? input.method : 'GET')
  return /^(?:delete|get|head|options|post|put)$/i.test(method) ? method.toUpperCase() : method
}

const hasOwnAuthorization = (input: FetchInput, init: RequestInit): boolean =>
  new Headers(init.headers).has('authorization') ||
  (input instanceof Request && init.headers === undefined && input.headers.has('authorization'))

/** One call that may be sent several times. */
class AuthorizedCall {
  readonly #tokens: TokenSource
  readonly #input: FetchInput
  readonly #init: RequestInit
  readonly #installation: string

  constructor(tokens: TokenSource, input: FetchInput, init: RequestInit, installation: string) {
    this.#tokens = tokens
    this.#input = input
    this.#init = init
    this.#installation = installation
  }

  get isRepeatable(): boolean {
    return isRepeatable(this.#input, this.#init)
  }

  /** Sends it with this token, and once more where the service only asks for its nonce in the proof. */
  async send(token: StepgateToken): Promise<Response> {
    const answer = await this.#sendOnce(token)
    const isNewNonce = this.#tokens.signer?.takeNonce(urlOf(this.#input), answer.headers.get('dpop-nonce')) === true
    const asksNonce =
      answer.status === 401 && answer.headers.get('www-authenticate')?.includes('use_dpop_nonce') === true
    if (!isNewNonce || !asksNonce || !this.isRepeatable) return answer
    await answer.body?.cancel()
    return this.#sendOnce(token)
  }

  #sendOnce({ accessToken, tokenType }: StepgateToken): Promise<Response> {
    const [input, init] = [this.#input, this.#init]
    const headers = new Headers(init.headers ?? (input instanceof Request ? input.headers : undefined))
    headers.set('authorization', `${tokenType} ${accessToken}`)
    headers.set(INSTANCE_HEADER, this.#installation)
    if (tokenType === 'DPoP' && this.#tokens.signer !== null)
      headers.set('dpop', this.#tokens.signer.prove(methodOf(input, init), urlOf(input), accessToken))
    return fetch(input, { ...init, headers })
  }
}

function toWish(
  { TokenError }: TokenSource,
  audience: string,
  scopes: readonly string[],
  subject: StepgateSubject | undefined,
): TokenWish {
  const subjectToken = subject === undefined ? null : findSubjectToken(subject)
  if (subject !== undefined && subjectToken === null)
    throw new TokenError('subject-missing', audience, 'the request it is to act for carries no token')
  return { audience, scopes, subjectToken }
}

/** `fetch` with an access token for the service that is called; after a 401 once more with a new one. */
export async function fetchAuthorized(
  tokensFor: (wish: TokenWish) => Promise<TokenSource>,
  audiences: ReadonlyMap<string, string>,
  input: FetchInput,
  options: StepgateFetchInit = {},
): Promise<Response> {
  const { audience = audiences.get(new URL(urlOf(input)).origin), scopes = [], onBehalfOf, ...init } = options
  if (audience === undefined || hasOwnAuthorization(input, init)) return fetch(input, init)
  const tokens = await tokensFor({ audience, scopes, subjectToken: null })
  const wish = toWish(tokens, audience, scopes, onBehalfOf)
  const [token, installation] = await Promise.all([tokens.find(wish), tokens.installationId()])
  const call = new AuthorizedCall(tokens, input, init, installation)
  const answer = await call.send(token)
  if (answer.status !== 401 || !call.isRepeatable) return answer
  tokens.discard(wish, token.accessToken)
  const renewed = await tokens.find(wish).catch(() => null)
  if (renewed === null) return answer
  await answer.body?.cancel()
  return call.send(renewed)
}
