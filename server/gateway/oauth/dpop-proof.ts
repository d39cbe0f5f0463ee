import type { IncomingHttpHeaders } from 'node:http'
import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify } from 'jose'
import type pg from 'pg'
import { z } from 'zod'
import { claimOnce } from '#lib/control/token/claim-once.ts'
import { TokenError } from '#lib/control/token/token-error.ts'
import { CLOCK_SKEW_SECONDS } from '#lib/policy/vocabulary.ts'
import type { DpopNonces } from './dpop-nonces.ts'

export const PROOF_ALGORITHMS = ['ES256', 'EdDSA', 'RS256']
const PROOF_LENGTH_MAX = 4_096

const Claims = z.object({
  htm: z.literal('POST'),
  htu: z.string().max(2_000),
  iat: z.number(),
  jti: z.string().min(1).max(256),
  nonce: z.string().max(512).optional(),
})

export interface ProofParts {
  readonly pool: pg.Pool
  readonly nonces: DpopNonces
  /** Under which clients know the token endpoint. */
  readonly tokenEndpoints: readonly string[]
}

const refused = (detail: string): TokenError => new TokenError('invalid_dpop_proof', `The DPoP proof ${detail}.`)

/**
 * The public address, or the one the request came to: services inside may know the gateway by another name. Query and fragment
 * take no part (RFC 9449, section 4.3).
 */
function isSameTarget(htu: string, endpoint: string, host: string | undefined): boolean {
  if (!URL.canParse(htu)) return false
  const [stated, expected] = [new URL(htu), new URL(endpoint)]
  if (stated.username !== '' || stated.password !== '') return false
  return stated.pathname === expected.pathname && (stated.origin === expected.origin || stated.host === host)
}

async function verifySignature(proof: string) {
  try {
    return await jwtVerify(proof, EmbeddedJWK, { typ: 'dpop+jwt', algorithms: PROOF_ALGORITHMS })
  } catch {
    throw refused('is not a JWT of type dpop+jwt that is signed with the public key in its header')
  }
}

/**
 * Thumbprint of the key a token is to be bound to; null where no proof was sent. Each proof is good once, on any gateway, and
 * answers a nonce of the last minutes. Throws `use_dpop_nonce` and `invalid_dpop_proof` (RFC 9449, sections 5 and 8).
 */
export async function readProvenKey(
  { dpop: proof, host }: IncomingHttpHeaders,
  { pool, nonces, tokenEndpoints }: ProofParts,
  now: Date,
): Promise<string | null> {
  if (proof === undefined) return null
  if (typeof proof !== 'string' || proof.length > PROOF_LENGTH_MAX) throw refused('is sent twice, or is too long')
  const { payload, protectedHeader } = await verifySignature(proof)
  const claims = Claims.safeParse(payload).data
  if (claims === undefined) throw refused('lacks htm POST, htu, iat or jti')
  if (!tokenEndpoints.some((endpoint) => isSameTarget(claims.htu, endpoint, host)))
    throw refused(`is for another address than ${tokenEndpoints.join(' or ')}`)
  if (Math.abs(claims.iat - now.getTime() / 1_000) > CLOCK_SKEW_SECONDS)
    throw refused('is older than a minute, or ahead')
  if (claims.nonce === undefined || !nonces.isCurrent(claims.nonce, now.getTime()))
    throw new TokenError('use_dpop_nonce', 'Put the nonce of the DPoP-Nonce header into the DPoP proof.')
  const thumbprint = await calculateJwkThumbprint(protectedHeader.jwk ?? {})
  const forgetAt = new Date((claims.iat + 2 * CLOCK_SKEW_SECONDS + 1) * 1_000)
  if (!(await claimOnce(pool, ['dpop', thumbprint, claims.jti], forgetAt)))
    throw new TokenError('invalid_dpop_proof', 'The DPoP proof was used before.', 'replayed')
  return thumbprint
}
