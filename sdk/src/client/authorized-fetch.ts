import { INSTANCE_HEADER } from '../context/device.ts'
import type { TokenSource } from './token-client.ts'

/** `fetch` options with the audience and scopes of the token to be sent. */
export interface StepgateFetchInit extends RequestInit {
  /** Name of the service that is called. By default the one that `audiences` names for the origin; without either no token is sent. */
  readonly audience?: string
  /** Scopes to ask for; by default all that were granted. */
  readonly scopes?: string[]
}

type FetchInput = Parameters<typeof fetch>[0]

/** A body that can only be read once cannot be sent again. */
const isRepeatable = (input: FetchInput, init: RequestInit): boolean =>
  !(input instanceof Request && input.body !== null) && !(init.body instanceof ReadableStream)

const urlOf = (input: FetchInput): string => (input instanceof Request ? input.url : String(input))

const originOf = (input: FetchInput): string => (URL.canParse(urlOf(input)) ? new URL(urlOf(input)).origin : '')

function withToken(input: FetchInput, init: RequestInit, accessToken: string, installation: string): RequestInit {
  const headers = new Headers(init.headers ?? (input instanceof Request ? input.headers : undefined))
  headers.set('authorization', `Bearer ${accessToken}`)
  headers.set(INSTANCE_HEADER, installation)
  return { ...init, headers }
}

const hasOwnAuthorization = (input: FetchInput, init: RequestInit): boolean =>
  new Headers(init.headers).has('authorization') ||
  (input instanceof Request && init.headers === undefined && input.headers.has('authorization'))

/** `fetch` with an access token for the service that is called; after a 401 once more with a new one. */
export async function fetchAuthorized(
  tokens: TokenSource,
  audiences: ReadonlyMap<string, string>,
  input: FetchInput,
  options: StepgateFetchInit = {},
): Promise<Response> {
  const { audience = audiences.get(originOf(input)), scopes = [], ...init } = options
  if (audience === undefined || hasOwnAuthorization(input, init)) return fetch(input, init)
  const [{ accessToken }, installation] = await Promise.all([
    tokens.getToken(audience, scopes),
    tokens.installationId(),
  ])
  const answer = await fetch(input, withToken(input, init, accessToken, installation))
  if (answer.status !== 401 || !isRepeatable(input, init)) return answer
  tokens.discard(audience, scopes, accessToken)
  const renewed = await tokens.getToken(audience, scopes).catch(() => null)
  if (renewed === null) return answer
  await answer.body?.cancel()
  return fetch(input, withToken(input, init, renewed.accessToken, installation))
}
