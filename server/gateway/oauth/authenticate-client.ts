import { hash, timingSafeEqual } from 'node:crypto'
import { decodeProtectedHeader, errors, jwtVerify } from 'jose'
import type pg from 'pg'
import { claimOnce } from '#lib/control/token/claim-once.ts'
import type { Client, ClientCredential, KeyCredential } from '#lib/control/token/client.ts'
import { TokenError } from '#lib/control/token/token-error.ts'
import { CLOCK_SKEW_SECONDS } from '#lib/policy/vocabulary.ts'
import type { EnvironmentCatalog } from '../environment-catalog.ts'
import type { ClientDirectory } from './client-directory.ts'
import { findByCertificate } from './find-by-certificate.ts'
import { findByFederation } from './find-by-federation.ts'
import type { PresentedCredential } from './presented-credential.ts'

const ASSERTION_SECONDS_MAX = 300
const ASSERTION_ID_LENGTH_MAX = 200

export interface AuthenticatedClient {
  readonly client: Client
  readonly credential: ClientCredential
}

export interface AuthenticationOptions {
  readonly clients: ClientDirectory
  readonly environments: EnvironmentCatalog
  readonly pool: pg.Pool
  /** Under which clients know the token endpoint. */
  readonly tokenEndpoints: readonly string[]
}

const FAILED = 'The client is not known, or its credential is wrong.'

/** Throws `invalid_client`. Whether the client, the secret or the key was wrong is not told to somebody who proved nothing. */
export async function authenticateClient(
  presented: PresentedCredential,
  options: AuthenticationOptions,
): Promise<AuthenticatedClient> {
  const client = await options.clients.find(presented.clientId)
  const credential = await findCredential(client?.credentials ?? [], presented, options)
  if (client === null || credential === null) throw new TokenError('invalid_client', FAILED)
  requireLive(client, credential, new Date())
  return { client, credential }
}

function findCredential(
  credentials: readonly ClientCredential[],
  presented: PresentedCredential,
  options: AuthenticationOptions,
): ClientCredential | null | Promise<ClientCredential | null> {
  switch (presented.method) {
    case 'client_secret':
      return findBySecret(credentials, presented.secret)
    case 'private_key_jwt':
      return findByAssertion(credentials, presented, options)
    case 'federated_jwt':
      return findByFederation(credentials, presented)
    case 'mutual_tls':
      return findByCertificate(credentials, presented.certificate, new Date())
  }
}

/** Compares with every secret there is, in constant time each. */
function findBySecret(credentials: readonly ClientCredential[], secret: string): ClientCredential | null {
  const presented = Buffer.from(hash('sha256', secret, 'binary'), 'binary') // a third of what a buffer costs
  let found: ClientCredential | null = null
  for (const credential of credentials) {
    if (credential.kind === 'client-secret' && timingSafeEqual(credential.secretHash, presented)) found = credential
  }
  return found
}

function requireLive(client: Client, credential: ClientCredential, now: Date): void {
  if (credential.revokedAt !== null) throw new TokenError('invalid_client', 'The credential was revoked.')
  if (credential.expiresAt !== null && credential.expiresAt <= now)
    throw new TokenError('invalid_client', 'The credential has expired.')
  const setting = client.settings.find(({ environmentId }) => environmentId === credential.environmentId)
  if (setting?.disabled !== false)
    throw new TokenError('invalid_client', `${client.clientId} is disabled in this environment.`)
  if (!setting.credentialKinds.includes(credential.kind))
    throw new TokenError(
      'invalid_client',
      `${client.clientId} may not authenticate with a ${credential.kind.replace('-', ' ')} in this environment.`,
    )
}

async function findByAssertion(
  credentials: readonly ClientCredential[],
  presented: PresentedCredential & { method: 'private_key_jwt' },
  options: AuthenticationOptions,
) {
  const { assertion, clientId } = presented
  const kid = readKeyId(assertion)
  const keys = credentials
    .filter((credential) => credential.kind === 'public-key')
    .filter(({ keyId }) => kid === undefined || keyId === kid)
  const verified = await Promise.all(keys.map((key) => verifyWith(key, assertion, clientId, options)))
  const [first, ...others] = verified.filter((found) => found !== null && found !== FOR_ANOTHER)
  if (!first && verified.includes(FOR_ANOTHER))
    throw new TokenError(
      'invalid_client',
      `The assertion is for another audience than the environment’s issuer and ${options.tokenEndpoints.join(' or ')}.`,
    )
  if (!first) return null
  if (others.length > 0)
    throw new TokenError(
      'invalid_client',
      'The key belongs to several environments: use the issuer of one as the audience of the assertion.',
    )
  if (!(await claimOnce(options.pool, [first.credential.id, first.assertionId], first.expiresAt)))
    throw new TokenError('invalid_client', 'The assertion was used before.', 'replayed')
  return first.credential
}

function readKeyId(assertion: string): string | undefined {
  try {
    return decodeProtectedHeader(assertion).kid
  } catch {
    throw new TokenError('invalid_client', 'client_assertion is not a signed JWT.')
  }
}

/** The key signed it, for somebody else or for another environment. */
const FOR_ANOTHER = 'for-another'

interface VerifiedAssertion {
  readonly credential: KeyCredential
  readonly assertionId: string
  readonly expiresAt: Date
}

/** Null when the signature is not this key's; throws when it is and a claim is refused. */
async function verifyWith(
  credential: KeyCredential,
  assertion: string,
  clientId: string,
  { environments, tokenEndpoints }: AuthenticationOptions,
): Promise<VerifiedAssertion | typeof FOR_ANOTHER | null> {
  const issuer = environments.findById(credential.environmentId)?.issuer
  if (issuer === undefined) return null
  try {
    const { payload } = await jwtVerify(assertion, credential.publicKey, {
      algorithms: [credential.algorithm],
      issuer: clientId,
      subject: clientId,
      audience: [issuer, ...tokenEndpoints],
      requiredClaims: ['exp', 'jti'],
      clockTolerance: CLOCK_SKEW_SECONDS,
    })
    return { credential, ...requireShortLived(payload.exp ?? 0, payload.jti ?? '') }
  } catch (error) {
    if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'aud') return FOR_ANOTHER
    if (error instanceof errors.JWTClaimValidationFailed)
      throw new TokenError('invalid_client', `The assertion’s claim ${error.claim} is refused: ${error.reason}.`)
    if (error instanceof errors.JWTExpired) throw new TokenError('invalid_client', 'The assertion has expired.')
    if (error instanceof errors.JOSEError) return null
    throw error
  }
}

function requireShortLived(exp: number, assertionId: string): { assertionId: string; expiresAt: Date } {
  const secondsLeft = exp - Date.now() / 1_000
  if (secondsLeft > ASSERTION_SECONDS_MAX + CLOCK_SKEW_SECONDS)
    throw new TokenError('invalid_client', `The assertion lives longer than ${ASSERTION_SECONDS_MAX} seconds.`)
  if (assertionId === '' || assertionId.length > ASSERTION_ID_LENGTH_MAX)
    throw new TokenError('invalid_client', `The assertion’s jti must have 1–${ASSERTION_ID_LENGTH_MAX} characters.`)
  // It is accepted until the tolerated skew after its expiry, so it is remembered as long.
  return { assertionId, expiresAt: new Date((exp + 2 * CLOCK_SKEW_SECONDS) * 1_000) }
}
