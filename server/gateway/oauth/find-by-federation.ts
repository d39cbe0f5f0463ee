import { createLocalJWKSet, errors, jwtVerify, type JWTVerifyGetKey } from 'jose'
import type { ClientCredential, FederatedCredential } from '#lib/control/token/client.ts'
import { TokenError } from '#lib/control/token/token-error.ts'
import { CLOCK_SKEW_SECONDS } from '#lib/policy/vocabulary.ts'
import type { FederatedAssertion } from './presented-credential.ts'

const ALGORITHMS = ['EdDSA', 'ES256', 'RS256']
const SECONDS_LEFT_MAX = 86_400

const keySets = new WeakMap<FederatedCredential, JWTVerifyGetKey>()

/**
 * The credential that a token of another issuer stands for: issuer, subject and audience exactly as registered. A platform hands such
 * a token to its workload for many requests, so it is not used up by one; it lives a day at most.
 */
export async function findByFederation(
  credentials: readonly ClientCredential[],
  { assertion, issuer, subject }: FederatedAssertion,
): Promise<ClientCredential | null> {
  const candidates = credentials.filter(
    (credential) =>
      credential.kind === 'federated-identity' && credential.issuer === issuer && credential.subject === subject,
  ) as FederatedCredential[]
  const verified = await Promise.all(candidates.map(async (one) => ((await isSpokenFor(one, assertion)) ? one : null)))
  const found = verified.filter((credential) => credential !== null)
  if (new Set(found.map(({ environmentId }) => environmentId)).size > 1)
    throw new TokenError(
      'invalid_client',
      'The assertion fits several environments: give the issuer an audience of its own in each.',
    )
  return found.find(({ revokedAt }) => revokedAt === null) ?? found[0] ?? null
}

async function isSpokenFor(credential: FederatedCredential, assertion: string): Promise<boolean> {
  const { issuer, subject, audience } = credential
  try {
    const { payload, protectedHeader } = await jwtVerify(assertion, keySetOf(credential), {
      ...{ issuer, subject, audience },
      algorithms: ALGORITHMS,
      requiredClaims: ['exp'],
      clockTolerance: CLOCK_SKEW_SECONDS,
    })
    if ((protectedHeader.typ ?? 'JWT').toUpperCase() !== 'JWT') return false // an access token or a proof is not about this
    return requireBounded(payload.exp ?? 0)
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw new TokenError('invalid_client', 'The assertion has expired.')
    if (error instanceof errors.JOSEError) return false
    throw error
  }
}

function requireBounded(exp: number): true {
  if (exp - Date.now() / 1_000 > SECONDS_LEFT_MAX + CLOCK_SKEW_SECONDS)
    throw new TokenError('invalid_client', 'The assertion lives longer than a day.')
  return true
}

function keySetOf(credential: FederatedCredential): JWTVerifyGetKey {
  const known = keySets.get(credential)
  if (known !== undefined) return known
  const keySet = createLocalJWKSet({ keys: credential.keys.map((key) => ({ ...key })) })
  keySets.set(credential, keySet)
  return keySet
}
