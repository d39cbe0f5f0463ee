import { decodeJwt } from 'jose'
import { z } from 'zod'
import { TokenError } from '#lib/control/token/token-error.ts'
import type { ClientCertificate } from '../mutual-tls/client-certificate.ts'

const ASSERTION_LENGTH_MAX = 8_192
export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** How a client says who it is. */
export type PresentedCredential =
  | { readonly method: 'client_secret'; readonly clientId: string; readonly secret: string }
  | { readonly method: 'private_key_jwt'; readonly clientId: string; readonly assertion: string }
  | FederatedAssertion
  | { readonly method: 'mutual_tls'; readonly clientId: string; readonly certificate: ClientCertificate }

/** A token of another issuer, about a workload (RFC 7523, section 3). */
export interface FederatedAssertion {
  readonly method: 'federated_jwt'
  readonly clientId: string
  readonly assertion: string
  /** As the assertion says; nothing is believed yet. */
  readonly issuer: string
  readonly subject: string
}

/**
 * Exactly one way of authentication (RFC 6749, section 2.3); several at once are refused. The certificate of the connection counts
 * where nothing else is presented (RFC 8705, section 2).
 */
export function readPresentedCredential(
  authorization: string | undefined,
  form: URLSearchParams,
  certificate: ClientCertificate | null,
): PresentedCredential {
  const found = [readBasic(authorization), readPost(form), readAssertion(form)].filter(
    (presented) => presented !== null,
  )
  const [presented = readCertificate(form, certificate), ...others] = found
  if (!presented)
    throw new TokenError(
      'invalid_client',
      'Authenticate with a client secret, a client assertion, or client_id and a client certificate.',
    )
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

function readCertificate(form: URLSearchParams, certificate: ClientCertificate | null): PresentedCredential | null {
  const clientId = form.get('client_id')
  return clientId === null || certificate === null ? null : { method: 'mutual_tls', clientId, certificate }
}

function readAssertion(form: URLSearchParams): PresentedCredential | null {
  const assertion = form.get('client_assertion')
  if (assertion === null) return null
  if (form.get('client_assertion_type') !== ASSERTION_TYPE)
    throw new TokenError('invalid_request', `client_assertion_type is not ${ASSERTION_TYPE}.`)
  const { issuer, subject } = readParties(assertion)
  const clientId = form.get('client_id')
  if (issuer === (clientId ?? subject)) return { method: 'private_key_jwt', clientId: issuer, assertion }
  if (clientId === null)
    throw new TokenError('invalid_client', 'Send client_id along with an assertion that another issuer made.')
  return { method: 'federated_jwt', clientId, assertion, issuer, subject }
}

const Parties = z.object({ iss: z.string(), sub: z.string() })

/** Only to find the client whose keys then verify the assertion; nothing is believed yet. */
function readParties(assertion: string): { issuer: string; subject: string } {
  if (assertion.length > ASSERTION_LENGTH_MAX) throw new TokenError('invalid_client', 'client_assertion is too long.')
  const parties = Parties.safeParse(readPayload(assertion)).data
  if (parties === undefined)
    throw new TokenError('invalid_client', 'client_assertion is not a JWT with an issuer and a subject.')
  return { issuer: parties.iss, subject: parties.sub }
}

function readPayload(assertion: string): unknown {
  try {
    return decodeJwt(assertion)
  } catch {
    return null
  }
}
