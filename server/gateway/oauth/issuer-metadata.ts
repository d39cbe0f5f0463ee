import { PROOF_ALGORITHMS } from './dpop-proof.ts'
import { CLIENT_CREDENTIALS, TOKEN_EXCHANGE } from './token-request.ts'
import type { EnvironmentTrust } from '#lib/control/publication/load-environment-trust.ts'

/** RFC 8414. */
export function describeIssuer(trust: EnvironmentTrust, publicUrl: string): object {
  return {
    issuer: trust.issuer,
    token_endpoint: `${publicUrl}/oauth/token`,
    jwks_uri: `${trust.issuer}/jwks.json`,
    response_types_supported: [],
    grant_types_supported: [CLIENT_CREDENTIALS, TOKEN_EXCHANGE],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: ['EdDSA', 'ES256', 'RS256'],
    dpop_signing_alg_values_supported: PROOF_ALGORITHMS,
  }
}

export const toJwks = (trust: EnvironmentTrust): object => ({ keys: trust.keys.tokenPublicKeys })
