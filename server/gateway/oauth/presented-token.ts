import { verify } from 'node:crypto'
import { z } from 'zod'
import type { EnvironmentTrust } from '#lib/control/publication/load-environment-trust.ts'
import { CLOCK_SKEW_SECONDS } from '#lib/policy/vocabulary.ts'

const TOKEN_LENGTH_MAX = 8_192
const KEPT_MAX = 10_000
/** Enough of the signature to tell tokens apart; the whole text is compared before anything is believed. */
const KEY_LENGTH = 32

const Header = z.object({ alg: z.literal('EdDSA'), typ: z.literal('at+jwt'), kid: z.string() })
const Claims = z.object({
  iss: z.string(),
  sub: z.string(),
  client_id: z.string(),
  aud: z.string(),
  iat: z.number(),
  exp: z.number(),
  jti: z.string(),
  scope: z.string(),
  act: z.unknown().optional(),
  sub_id: z.unknown().optional(),
  cnf: z.object({ jkt: z.string().optional(), 'x5t#S256': z.string().optional() }).optional(),
})
export type AccessTokenClaims = z.output<typeof Claims>

export interface PresentedTokenReader {
  /** The claims of an access token of this environment; null for anything else, and for what has ended or was withdrawn. */
  read(token: string, trust: EnvironmentTrust, nowMs: number): AccessTokenClaims | null
  /** How many tokens are remembered. */
  size(): number
}

interface Verified {
  readonly token: string
  readonly claims: AccessTokenClaims
  /** What it was verified with; another one means: verify again. */
  readonly trust: EnvironmentTrust
}

/** Reads tokens that somebody asks about. One seen before costs no signature; whether it still counts is asked each time. */
export function createPresentedTokenReader(keptMax = KEPT_MAX): PresentedTokenReader {
  const verified = new Map<string, Verified>()

  const verifyOnce = (token: string, trust: EnvironmentTrust): AccessTokenClaims | null => {
    const key = token.slice(-KEY_LENGTH)
    const known = verified.get(key)
    if (known?.token === token && known.trust === trust) return known.claims
    const claims = verifyToken(token, trust)
    if (claims === null) return null
    verified.delete(key)
    if (verified.size >= keptMax) verified.delete(verified.keys().next().value ?? '') // the one that was verified longest ago
    verified.set(key, { token, claims, trust })
    return claims
  }

  return {
    read: (token, trust, nowMs) => {
      const claims = token.length > TOKEN_LENGTH_MAX ? null : verifyOnce(token, trust)
      if (claims === null || claims.exp <= nowMs / 1_000 || claims.iat > nowMs / 1_000 + CLOCK_SKEW_SECONDS) return null
      const isDisabled = trust.disabledIdentities.has(claims.client_id) || trust.disabledIdentities.has(claims.sub)
      return isDisabled || trust.revokedTokens.has(claims.jti) ? null : claims
    },
    size: () => verified.size,
  }
}

function verifyToken(token: string, trust: EnvironmentTrust): AccessTokenClaims | null {
  const [header = '', payload = '', signature = '', ...rest] = token.split('.')
  if (rest.length > 0) return null
  const key = trust.verifyKeys.get(Header.safeParse(parsePart(header)).data?.kid ?? '')
  if (key === undefined) return null
  const signed = Buffer.from(`${header}.${payload}`)
  if (!verify(null, signed, key, Buffer.from(signature, 'base64url'))) return null
  const claims = Claims.safeParse(parsePart(payload)).data
  return claims?.iss === trust.issuer ? claims : null
}

function parsePart(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
  } catch {
    return null
  }
}
