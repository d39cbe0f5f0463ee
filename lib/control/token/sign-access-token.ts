import { randomUUID, sign } from 'node:crypto'
import type { EnvironmentTrust } from '../publication/load-environment-trust.ts'
import type { TokenDecision } from './decide-token.ts'

/** A JWT access token (RFC 9068). */
export function signAccessToken(trust: EnvironmentTrust, clientId: string, decision: TokenDecision, now: Date): string {
  const issuedAt = Math.floor(now.getTime() / 1_000)
  const { keyId, privateKey } = trust.keys.tokenKey
  const claims = {
    iss: trust.issuer,
    sub: clientId,
    client_id: clientId,
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
