import { randomUUID, sign } from 'node:crypto'
import type { EnvironmentTrust } from '../publication/load-environment-trust.ts'
import type { Client } from './client.ts'
import type { TokenDecision } from './decide-token.ts'

/** A JWT access token (RFC 9068). `client_kind` is ours: it tells the service whether another service or an integration calls. */
export function signAccessToken(
  trust: EnvironmentTrust,
  client: Pick<Client, 'clientId' | 'kind'>,
  decision: TokenDecision,
  now: Date,
): string {
  const issuedAt = Math.floor(now.getTime() / 1_000)
  const { keyId, privateKey } = trust.keys.tokenKey
  const claims = {
    iss: trust.issuer,
    sub: client.clientId,
    client_id: client.clientId,
    client_kind: client.kind,
    aud: decision.audience,
    iat: issuedAt,
    exp: issuedAt + decision.lifetimeSeconds,
    jti: randomUUID(),
    scope: decision.scopes.join(' '),
  }
  const signingInput = `${encode({ typ: 'at+jwt', alg: 'EdDSA', kid: keyId })}.${encode(claims)}`
  return `${signingInput}.${sign(null, Buffer.from(signingInput), privateKey).toString('base64url')}`
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
