import { TokenError } from '#lib/control/token/token-error.ts'

const SCOPES_MAX = 200
/** RFC 6749, section 3.3. */
const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/

export interface ParsedTokenRequest {
  readonly audience: string
  readonly scopes: readonly string[] | null
}

const NAMES_ONCE = ['grant_type', 'scope', 'client_id', 'client_secret', 'client_assertion', 'client_assertion_type']

export function parseTokenRequest(form: URLSearchParams): ParsedTokenRequest {
  for (const name of NAMES_ONCE) {
    if (form.getAll(name).length > 1) throw new TokenError('invalid_request', `${name} is given more than once.`)
  }
  const grantType = form.get('grant_type')
  if (grantType === null || grantType === '') throw new TokenError('invalid_request', 'grant_type is missing.')
  if (grantType !== 'client_credentials')
    throw new TokenError('unsupported_grant_type', 'The grant type is not supported; use client_credentials.')
  return { audience: readAudience(form), scopes: readScopes(form.get('scope')) }
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
