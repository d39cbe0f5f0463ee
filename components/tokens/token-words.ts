import type { RouteResponse } from '#lib/contract/routes.ts'
import type { Tone } from '../ui/badge.tsx'

export type TokenActivity = RouteResponse<'readTokenActivity'>
export type TokenSession = RouteResponse<'listTokenSessions'>['items'][number]
export type TokenEvent = TokenActivity['items'][number]['event']

export const EVENT_WORDS: Readonly<Record<TokenEvent, { readonly label: string; readonly tone: Tone }>> = {
  issued: { label: 'Issued', tone: 'enforce' },
  refused: { label: 'Refused', tone: 'log-only' },
  reused: { label: 'Used twice', tone: 'denied' },
  replayed: { label: 'Sent twice', tone: 'denied' },
  revoked: { label: 'Given back', tone: 'outline' },
  'new-network': { label: 'New network', tone: 'log-only' },
}

const DETAIL_WORDS: Readonly<Record<string, string>> = {
  client_credentials: 'for itself',
  token_exchange: 'on behalf of another',
  refresh_token: 'with a refresh token',
  access_token: 'an access token',
  invalid_client: 'not proven to be the client',
  invalid_scope: 'a scope it does not hold',
  invalid_target: 'a service it has nothing at',
  invalid_grant: 'a refresh token that is over',
  invalid_request: 'a request that cannot be read',
  invalid_dpop_proof: 'a DPoP proof that does not hold',
  use_dpop_nonce: 'asked for a nonce, as the first time',
  unauthorized_client: 'not allowed to ask this way',
  unsupported_grant_type: 'an unknown grant type',
  slow_down: 'too many failures',
}

/** What the detail of an event means; the word itself where nobody wrote it down. */
export const toDetailWords = (detail: string): string => DETAIL_WORDS[detail] ?? detail

export const SESSION_WORDS: Readonly<Record<TokenSession['state'], { readonly label: string; readonly tone: Tone }>> = {
  live: { label: 'Live', tone: 'enforce' },
  ended: { label: 'Ended', tone: 'outline' },
  revoked: { label: 'Revoked', tone: 'outline' },
  reused: { label: 'Used twice', tone: 'denied' },
}
