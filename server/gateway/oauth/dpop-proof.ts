import type { IncomingHttpHeaders } from 'node:http'
import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify } from 'jose'
import type pg from 'pg'
import { z } from 'zod'
import { claimOnce } from '#lib/control/token/claim-once.ts'
import { TokenError } from '#lib/control/token/token-error.ts'
import { CLOCK_SKEW_SECONDS } from '#lib/policy/vocabulary.ts'

export const PROOF_ALGORITHMS = ['ES256', 'EdDSA', 'RS256']
const PROOF_LENGTH_MAX = 4_096

const Claims = z.object({
  htm: z.literal('POST'),
  htu: z.string().max(2_000),
  iat: z.number(),
  jti: z.string().min(1).max(256),
})

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
 * Thumbprint of the key a token is to be bound to; null where no proof was sent. Each proof is good once, on any gateway, for as
 * long as its time is accepted, so no nonce is asked for. Throws `invalid_dpop_proof` (RFC 9449, section 5).
 */
export async function readProvenKey(
  { dpop: proof, host }: IncomingHttpHeaders,
  { pool, tokenEndpoint }: { readonly pool: pg.Pool; readonly tokenEndpoint: string },
  now: Date,
): Promise<string | null> {
  if (proof === undefined) return null
  if (typeof proof !== 'string' || proof.length > PROOF_LENGTH_MAX) throw refused('is sent twice, or is too long')
  const { payload, protectedHeader } = await verifySignature(proof)
  const claims = Claims.safeParse(payload).data
  if (claims === undefined) throw refused('lacks htm POST, htu, iat or jti')
  if (!isSameTarget(claims.htu, tokenEndpoint, host)) throw refused(`is for another address than ${tokenEndpoint}`)
  if (Math.abs(claims.iat - now.getTime() / 1_000) > CLOCK_SKEW_SECONDS)
    throw refused('is older than a minute, or ahead')
  const thumbprint = await calculateJwkThumbprint(protectedHeader.jwk ?? {})
  const forgetAt = new Date((claims.iat + 2 * CLOCK_SKEW_SECONDS + 1) * 1_000)
  if (!(await claimOnce(pool, ['dpop', thumbprint, claims.jti], forgetAt))) throw refused('was used before')
  return thumbprint
}
