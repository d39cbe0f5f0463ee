import { TokenError } from '#lib/control/token/token-error.ts'

const TOKEN_LENGTH_MAX = 16_384

/** The token that a request is about (RFC 7009, section 2.1; RFC 7662, section 2.1). A wrong hint is no error: both kinds are looked for. */
export function requireToken(form: URLSearchParams): string {
  const token = form.get('token') ?? ''
  if (token === '') throw new TokenError('invalid_request', 'token is missing.')
  if (token.length > TOKEN_LENGTH_MAX) throw new TokenError('invalid_request', 'token is too long.')
  return token
}
