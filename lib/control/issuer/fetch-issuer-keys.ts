import { calculateJwkThumbprint } from 'jose'
import { z } from 'zod'
import type { PublicJwk } from '../../policy/snapshot.ts'
import { fetchJson, requireSecureUrl } from './fetch-json.ts'

const KEYS_MAX = 50

const Discovery = z.object({ issuer: z.string(), jwks_uri: z.url() })
const KeySet = z.object({ keys: z.array(z.record(z.string(), z.unknown())).max(KEYS_MAX) })

const Key = z.discriminatedUnion('kty', [
  z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string().min(40).max(50) }),
  z.object({
    kty: z.literal('EC'),
    crv: z.literal('P-256'),
    x: z.string().min(40).max(50),
    y: z.string().min(40).max(50),
  }),
  // 342 characters are 2,048 bits: a shorter modulus is refused.
  z.object({ kty: z.literal('RSA'), n: z.string().min(342).max(1_400), e: z.string().min(1).max(10) }),
])
const ALGORITHMS = { OKP: 'EdDSA', EC: 'ES256', RSA: 'RS256' } as const

export interface IssuerKeys {
  readonly jwksUri: string
  readonly keys: readonly PublicJwk[]
}

/**
 * Fetches the verification keys of an issuer: from its key set, found through its discovery document (OpenID Connect Discovery 1.0,
 * section 4) when no address is given. Keys of kinds that services do not verify are left out; private members never come along.
 */
export async function fetchIssuerKeys(issuer: string, jwksUri: string | null): Promise<IssuerKeys> {
  const address = jwksUri ?? (await discoverKeySet(issuer))
  const set = KeySet.safeParse(await fetchJson(requireSecureUrl(address, 'jwksUri')))
  if (!set.success) throw new Error(`${address} did not answer a key set (RFC 7517).`)
  const keys = (await Promise.all(set.data.keys.map(toPublicJwk))).filter((key) => key !== null)
  if (keys.length === 0)
    throw new Error(`${address} has no usable key: EdDSA, ES256 or RS256 with at least 2,048 bits.`)
  return { jwksUri: address, keys: keys.toSorted((a, b) => (a.kid < b.kid ? -1 : 1)) }
}

async function discoverKeySet(issuer: string): Promise<string> {
  const url = requireSecureUrl(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, 'issuer')
  const document = Discovery.safeParse(await fetchJson(url))
  if (!document.success) throw new Error(`${url.href} is not a discovery document: issuer or jwks_uri is missing.`)
  if (document.data.issuer !== issuer)
    throw new Error(`${url.href} speaks for another issuer: ${document.data.issuer.slice(0, 200)}.`)
  return document.data.jwks_uri
}

async function toPublicJwk(jwk: Record<string, unknown>): Promise<PublicJwk | null> {
  const key = Key.safeParse(jwk)
  if (!key.success || (jwk['use'] !== undefined && jwk['use'] !== 'sig')) return null
  const alg = ALGORITHMS[key.data.kty]
  if (jwk['alg'] !== undefined && jwk['alg'] !== alg) return null
  const kid =
    typeof jwk['kid'] === 'string' && jwk['kid'].length <= 200 ? jwk['kid'] : await calculateJwkThumbprint(key.data)
  return { ...key.data, kid, alg }
}
