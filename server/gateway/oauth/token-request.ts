import { TokenError } from '#lib/control/token/token-error.ts'

const SCOPES_MAX = 200
/** RFC 6749, section 3.3. */
const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/

export const CLIENT_CREDENTIALS = 'client_credentials'
export const REFRESH_TOKEN = 'refresh_token'
export const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'
export const ACCESS_TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:access_token'
const SUBJECT_TOKEN_TYPES = [ACCESS_TOKEN_TYPE, 'urn:ietf:params:oauth:token-type:jwt']
/** Asks for a refresh token too (OpenID Connect Core 1.0, section 11). No scope of a service looks like it. */
export const OFFLINE_ACCESS = 'offline_access'

/** A token that something is begun with. */
interface FirstRequest {
  readonly audience: string
  /** Null: all that is granted. */
  readonly scopes: readonly string[] | null
  readonly wantsRefreshToken: boolean
}
export type ParsedTokenRequest =
  | ({ readonly grant: 'client_credentials' } & FirstRequest)
  /** On behalf of another (RFC 8693). */
  | ({ readonly grant: 'token_exchange'; readonly subjectToken: string } & FirstRequest)
  | {
      readonly grant: 'refresh_token'
      readonly refreshToken: string
      /** Null: the session’s own. */
      readonly audience: string | null
      readonly scopes: readonly string[] | null
    }

/** Throws what RFC 6749, section 5.2, and RFC 8707 have for it, and names the parameter. */
export function parseTokenRequest(form: URLSearchParams): ParsedTokenRequest {
  const grantType = form.get('grant_type')
  if (grantType === null || grantType === '') throw new TokenError('invalid_request', 'grant_type is missing.')
  for (const [parameter, owner] of Object.entries(OWNERS)) {
    if (form.has(parameter) && grantType !== owner)
      throw new TokenError('invalid_request', `${parameter} belongs to ${owner}.`)
  }
  switch (grantType) {
    case CLIENT_CREDENTIALS:
      return { grant: 'client_credentials', ...readFirstRequest(form) }
    case TOKEN_EXCHANGE:
      return { grant: 'token_exchange', subjectToken: readSubjectToken(form), ...readFirstRequest(form) }
    case REFRESH_TOKEN:
      return {
        grant: 'refresh_token',
        refreshToken: readRefreshToken(form),
        audience: readAudience(form),
        scopes: readScopes(form.get('scope')),
      }
    default:
      throw new TokenError(
        'unsupported_grant_type',
        `The grant type is not supported; use ${CLIENT_CREDENTIALS}, ${TOKEN_EXCHANGE} or ${REFRESH_TOKEN}.`,
      )
  }
}

const OWNERS = { subject_token: TOKEN_EXCHANGE, refresh_token: REFRESH_TOKEN } as const

function readFirstRequest(form: URLSearchParams): FirstRequest {
  const audience = readAudience(form)
  if (audience === null)
    throw new TokenError('invalid_target', 'Name the service the token is for, as audience or resource.')
  const asked = readScopes(form.get('scope')) ?? []
  const scopes = asked.filter((scope) => scope !== OFFLINE_ACCESS)
  return { audience, scopes: scopes.length === 0 ? null : scopes, wantsRefreshToken: asked.includes(OFFLINE_ACCESS) }
}

function readRefreshToken(form: URLSearchParams): string {
  const token = form.get('refresh_token') ?? ''
  if (token === '') throw new TokenError('invalid_request', 'refresh_token is missing.')
  return token
}

function readSubjectToken(form: URLSearchParams): string {
  const token = form.get('subject_token') ?? ''
  if (token === '') throw new TokenError('invalid_request', 'subject_token is missing.')
  if (!SUBJECT_TOKEN_TYPES.includes(form.get('subject_token_type') ?? ''))
    throw new TokenError('invalid_request', `subject_token_type must be ${SUBJECT_TOKEN_TYPES.join(' or ')}.`)
  if ((form.get('requested_token_type') ?? ACCESS_TOKEN_TYPE) !== ACCESS_TOKEN_TYPE)
    throw new TokenError('invalid_request', `requested_token_type can only be ${ACCESS_TOKEN_TYPE}.`)
  if (form.has('actor_token') || form.has('actor_token_type'))
    throw new TokenError('invalid_request', 'actor_token is not supported: the client that authenticates is the actor.')
  return token
}

/** `resource` (RFC 8707) or `audience`: a token is for exactly one service. Null where none is named. */
function readAudience(form: URLSearchParams): string | null {
  const [audience, ...others] = new Set([...form.getAll('resource'), ...form.getAll('audience')])
  if (audience === undefined || audience === '') return null
  if (others.length > 0)
    throw new TokenError('invalid_target', 'A token is for one service; ask for one token for each.')
  if (audience.length > 200) throw new TokenError('invalid_target', 'The audience is too long.')
  return audience
}

function readScopes(scope: string | null): readonly string[] | null {
  const scopes = [...new Set((scope ?? '').split(' ').filter((name) => name !== ''))]
  if (scopes.length === 0) return null
  if (scopes.length > SCOPES_MAX || !scopes.every((name) => SCOPE_TOKEN.test(name)))
    throw new TokenError('invalid_scope', 'scope is a list of names, separated by spaces.')
  return scopes
}
