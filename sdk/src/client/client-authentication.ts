import { randomUUID, sign } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { ClientCredential, Settings } from '../settings.ts'

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const ASSERTION_LIFETIME_SECONDS = 60

export interface ClientAuthentication {
  readonly headers: Readonly<Record<string, string>>
  readonly parameters: Readonly<Record<string, string>>
}

const encodePart = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url')

type PrivateKeyCredential = Extract<ClientCredential, { kind: 'private-key' }>

function signAssertion(
  { key, keyId, algorithm }: PrivateKeyCredential,
  clientId: string,
  tokenEndpoint: string,
): string {
  const now = Math.floor(Date.now() / 1000)
  const claims = {
    iss: clientId,
    sub: clientId,
    aud: tokenEndpoint,
    iat: now,
    exp: now + ASSERTION_LIFETIME_SECONDS,
    jti: randomUUID(),
  }
  const input = `${encodePart({ alg: algorithm, kid: keyId, typ: 'JWT' })}.${encodePart(claims)}`
  const signature =
    algorithm === 'EdDSA'
      ? sign(null, Buffer.from(input), key)
      : sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' })
  return `${input}.${signature.toString('base64url')}`
}

/** RFC 6749, section 2.3.1: both parts are form-encoded before they are joined. */
const formEncode = (text: string): string => new URLSearchParams([['', text]]).toString().slice(1)

/** How a service proves who it is to the token endpoint: `client_secret_basic`, an assertion of its own or of its platform (RFC 7523), or by the connection's certificate. */
export async function authenticateClient(
  { credential, clientId }: Settings,
  tokenEndpoint: string,
): Promise<ClientAuthentication> {
  if (credential.kind === 'secret') {
    const pair = `${formEncode(clientId)}:${formEncode(credential.secret)}`
    return { headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }, parameters: {} }
  }
  if (credential.kind === 'mutual-tls') return { headers: {}, parameters: { client_id: clientId } }
  const assertion =
    credential.kind === 'assertion-file'
      ? (await readFile(credential.path, 'utf8')).trim()
      : signAssertion(credential, clientId, tokenEndpoint)
  return {
    headers: {},
    parameters: { client_id: clientId, client_assertion_type: ASSERTION_TYPE, client_assertion: assertion },
  }
}
