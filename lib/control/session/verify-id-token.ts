import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose'
import { z } from 'zod'
import { ControlError } from '../control-error.ts'
import { fetchJson, requireSecureUrl } from '../issuer/fetch-json.ts'
import type { OidcProvider } from '../context.ts'

const DISCOVERY_MS = 3_600_000
const TIMEOUT_MS = 5_000
/** An ID token is exchanged for a session at once; an old one was found somewhere. */
const TOKEN_AGE_MAX = '10 minutes'
const CLOCK_TOLERANCE_SECONDS = 60
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']

const Discovery = z.object({ issuer: z.string(), jwks_uri: z.string() })
const Claims = z.object({
  sub: z.string().min(1).max(255),
  email: z.string().max(254).optional(),
  email_verified: z
    .union([z.boolean(), z.literal('true').transform(() => true), z.literal('false').transform(() => false)])
    .optional(),
  name: z.string().max(500).optional(),
  preferred_username: z.string().max(500).optional(),
})
export type IdTokenClaims = z.output<typeof Claims>

const keySets = new Map<string, { readonly until: number; readonly keys: Promise<JWTVerifyGetKey> }>()

/** Verifies an ID token here, whoever brings it (OpenID Connect Core, section 3.1.3.7). */
export async function verifyIdToken(
  provider: OidcProvider,
  idToken: string,
  nonce: string | undefined,
): Promise<IdTokenClaims> {
  const keys = await findKeys(provider.issuer)
  const payload = await verify(idToken, keys, provider)
  if (nonce !== undefined && payload['nonce'] !== nonce) throw refused('belongs to another sign-in')
  if (Array.isArray(payload.aud) && payload.aud.length > 1 && payload['azp'] !== provider.clientId)
    throw refused('was made for another client')
  const claims = Claims.safeParse(payload)
  if (!claims.success) throw refused('lacks what it must say')
  return claims.data
}

async function verify(idToken: string, keys: JWTVerifyGetKey, { issuer, clientId }: OidcProvider): Promise<JWTPayload> {
  try {
    const options = {
      issuer,
      audience: clientId,
      algorithms: ALGORITHMS,
      maxTokenAge: TOKEN_AGE_MAX,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      requiredClaims: ['sub', 'iat', 'exp'],
    }
    return (await jwtVerify(idToken, keys, options)).payload
  } catch (error) {
    if (error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError)) throw unreachable(issuer)
    throw refused(error instanceof errors.JWTExpired ? 'has expired' : 'is not valid here')
  }
}

function findKeys(issuer: string): Promise<JWTVerifyGetKey> {
  const known = keySets.get(issuer)
  if (known && known.until > Date.now()) return known.keys
  const keys = discover(issuer)
  keySets.set(issuer, { until: Date.now() + DISCOVERY_MS, keys })
  keys.catch(() => keySets.delete(issuer))
  return keys
}

async function discover(issuer: string): Promise<JWTVerifyGetKey> {
  const url = requireSecureUrl(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, 'issuer')
  const document = Discovery.safeParse(await fetchJson(url).catch(() => null))
  if (!document.success || document.data.issuer !== issuer) throw unreachable(issuer)
  return createRemoteJWKSet(requireSecureUrl(document.data.jwks_uri, 'jwks_uri'), { timeoutDuration: TIMEOUT_MS })
}

const refused = (what: string) =>
  new ControlError('sign-in-failed', `The ID token ${what}.`, [{ pointer: '/idToken', detail: what }])
const unreachable = (issuer: string) =>
  new ControlError('unavailable', `The identity provider ${issuer} cannot be reached. Try again in a moment.`)
