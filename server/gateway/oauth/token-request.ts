import { TokenError } from '#lib/control/token/token-error.ts'

const SCOPES_MAX = 200
/** RFC 6749, section 3.3. */
const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/

export interface ParsedTokenRequest {
  readonly audience: string
  readonly scopes: readonly string[] | null
  /** Of the one on whose behalf the token is asked for (RFC 8693); null for a token of the client’s own. */
  readonly subjectToken: string | null
}

export const CLIENT_CREDENTIALS = 'client_credentials'
export const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'
export const ACCESS_TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:access_token'
const SUBJECT_TOKEN_TYPES = [ACCESS_TOKEN_TYPE, 'urn:ietf:params:oauth:token-type:jwt']

const NAMES_ONCE = [
  ...['grant_type', 'scope', 'client_id', 'client_secret', 'client_assertion', 'client_assertion_type'],
  ...['subject_token', 'subject_token_type', 'requested_token_type', 'actor_token', 'actor_token_type'],
]

export function parseTokenRequest(form: URLSearchParams): ParsedTokenRequest {
  for (const name of NAMES_ONCE) {
    if (form.getAll(name).length > 1) throw new TokenError('invalid_request', `${name} is given more than once.`)
  }
  const grantType = form.get('grant_type')
  if (grantType === null || grantType === '') throw new TokenError('invalid_request', 'grant_type is missing.')
  if (grantType !== CLIENT_CREDENTIALS && grantType !== TOKEN_EXCHANGE)
    throw new TokenError(
      'unsupported_grant_type',
      `The grant type is not supported; use ${CLIENT_CREDENTIALS} or ${TOKEN_EXCHANGE}.`,
    )
  if (grantType === CLIENT_CREDENTIALS && form.has('subject_token'))
    throw new TokenError('invalid_request', `subject_token belongs to ${TOKEN_EXCHANGE}.`)
  const subjectToken = grantType === TOKEN_EXCHANGE ? readSubjectToken(form) : null
  return { audience: readAudience(form), scopes: readScopes(form.get('scope')), subjectToken }
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

/** `resource` (RFC 8707) or `audience`: a token is for exactly one service. */
function readAudience(form: URLSearchParams): string {
  const named = new Set([...form.getAll('resource'), ...form.getAll('audience')])
  const [audience, ...others] = named
  if (audience === undefined || audience === '')
    throw new TokenError('invalid_target', 'Name the service the token is for, as audience or resource.')
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
