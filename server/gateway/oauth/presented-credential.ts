import { TokenError } from '#lib/control/token/token-error.ts'

export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** How a client says who it is. */
export type PresentedCredential =
  | { readonly method: 'client_secret'; readonly clientId: string; readonly secret: string }
  | { readonly method: 'private_key_jwt'; readonly clientId: string; readonly assertion: string }

/** Exactly one way of authentication (RFC 6749, section 2.3); several at once are refused. */
export function readPresentedCredential(authorization: string | undefined, form: URLSearchParams): PresentedCredential {
  const found = [readBasic(authorization), readPost(form), readAssertion(form)].filter(
    (presented) => presented !== null,
  )
  const [presented, ...others] = found
  if (!presented) throw new TokenError('invalid_client', 'Authenticate with a client secret or a client assertion.')
  if (others.length > 0) throw new TokenError('invalid_request', 'Use one way of client authentication, not several.')
  const clientId = form.get('client_id')
  if (clientId !== null && clientId !== presented.clientId)
    throw new TokenError('invalid_request', 'client_id does not agree with the client authentication.')
  return presented
}

function readBasic(authorization: string | undefined): PresentedCredential | null {
  if (authorization === undefined) return null
  const [, encoded] = /^Basic +([A-Za-z0-9+/]+=*)$/i.exec(authorization.slice(0, 2_000)) ?? []
  const [clientId, secret] = Buffer.from(encoded ?? '', 'base64')
    .toString('utf8')
    .split(/:(.*)/s)
  if (!clientId || !secret)
    throw new TokenError('invalid_client', 'The Authorization header is not HTTP Basic with client id and secret.')
  return { method: 'client_secret', clientId: formDecode(clientId), secret: formDecode(secret) }
}

/** Id and secret are form-encoded before they become the Basic user name and password (RFC 6749, section 2.3.1). */
function formDecode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw new TokenError('invalid_client', 'Client id or secret is not form-encoded.')
  }
}

function readPost(form: URLSearchParams): PresentedCredential | null {
  const secret = form.get('client_secret')
  if (secret === null) return null
  const clientId = form.get('client_id')
  if (clientId === null) throw new TokenError('invalid_request', 'client_id is missing.')
  return { method: 'client_secret', clientId, secret }
}

function readAssertion(form: URLSearchParams): PresentedCredential | null {
  const assertion = form.get('client_assertion')
  if (assertion === null) return null
  if (form.get('client_assertion_type') !== ASSERTION_TYPE)
    throw new TokenError('invalid_request', `client_assertion_type is not ${ASSERTION_TYPE}.`)
  return { method: 'private_key_jwt', clientId: form.get('client_id') ?? subjectOf(assertion), assertion }
}

/** Only to find the client whose keys then verify the assertion; nothing is believed yet. */
function subjectOf(assertion: string): string {
  try {
    const { sub } = JSON.parse(Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString('utf8')) as {
      sub?: unknown
    }
    if (typeof sub === 'string') return sub
  } catch {
    // Told below.
  }
  throw new TokenError('invalid_client', 'client_assertion is not a JWT with a subject.')
}
