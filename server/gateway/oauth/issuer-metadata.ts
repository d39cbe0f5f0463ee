import { PROOF_ALGORITHMS } from './dpop-proof.ts'
import { CLIENT_CREDENTIALS, REFRESH_TOKEN, TOKEN_EXCHANGE } from './token-request.ts'
import type { EnvironmentTrust } from '#lib/control/publication/load-environment-trust.ts'

const ASSERTION_ALGORITHMS = ['EdDSA', 'ES256', 'RS256']
const METHODS = [
  ...['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
  ...['tls_client_auth', 'self_signed_tls_client_auth'],
]

const endpointsAt = (base: string): object => ({
  token_endpoint: `${base}/oauth/token`,
  introspection_endpoint: `${base}/oauth/introspect`,
  revocation_endpoint: `${base}/oauth/revoke`,
})

/** RFC 8414; RFC 8705, section 5. */
export function describeIssuer(trust: EnvironmentTrust, publicUrl: string, tlsUrl: string | null): object {
  return {
    issuer: trust.issuer,
    ...endpointsAt(publicUrl),
    jwks_uri: `${trust.issuer}/jwks.json`,
    response_types_supported: [],
    grant_types_supported: [CLIENT_CREDENTIALS, TOKEN_EXCHANGE, REFRESH_TOKEN],
    token_endpoint_auth_methods_supported: METHODS,
    token_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
    introspection_endpoint_auth_methods_supported: METHODS,
    introspection_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
    revocation_endpoint_auth_methods_supported: METHODS,
    revocation_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
    dpop_signing_alg_values_supported: PROOF_ALGORITHMS,
    tls_client_certificate_bound_access_tokens: true,
    ...(tlsUrl === null ? {} : { mtls_endpoint_aliases: endpointsAt(tlsUrl) }),
  }
}

export const toJwks = (trust: EnvironmentTrust): object => ({ keys: trust.keys.tokenPublicKeys })
