import { verify } from 'node:crypto'
import { z } from 'zod'
import { MACHINE_AUDIENCE, MACHINE_SCOPE } from '#lib/contract/machine.ts'
import { ControlError } from '#lib/control/control-error.ts'
import type { EnvironmentTrust } from '#lib/control/publication/load-environment-trust.ts'
import { CLOCK_SKEW_SECONDS } from '#lib/policy/vocabulary.ts'
import type { EnvironmentCatalog } from '../environment-catalog.ts'

const TOKEN_LENGTH_MAX = 4_096
const CACHED_MAX = 20_000
/** Enough of the signature to tell tokens apart; the whole text is compared before anything is believed. */
const KEY_LENGTH = 32
const SEGMENT = /^[A-Za-z0-9_-]+$/

/** The service that an instance's token speaks for. */
export interface MachineCaller {
  readonly environmentId: string
  readonly environmentSlug: string
  readonly serviceId: string
  readonly serviceSlug: string
}

/** Throws `unauthenticated` or `forbidden`. */
export type VerifyMachineToken = (authorization: string | undefined) => MachineCaller

interface VerifiedToken {
  readonly authorization: string
  readonly caller: MachineCaller
  readonly trust: EnvironmentTrust
  readonly notBeforeMs: number
  readonly expiresAtMs: number
}

const Header = z.object({ typ: z.literal('at+jwt'), alg: z.literal('EdDSA'), kid: z.string() })
const Claims = z.object({
  iss: z.string(),
  sub: z.string(),
  aud: z.string(),
  iat: z.number(),
  exp: z.number(),
  jti: z.string(),
  scope: z.string(),
  client_id: z.string(),
  // Tokens of others, and those whose sender has to prove something, are not for instances.
  act: z.never().optional(),
  cnf: z.never().optional(),
})

const refuse = (detail: string): never => {
  throw new ControlError('unauthenticated', detail)
}

/**
 * Verifies the access tokens that instances poll and report with. A token seen before is found by the end of its signature and
 * compared as a whole; it counts only while its environment's keys, disabled identities and revoked tokens are the ones it was judged by.
 */
export function createMachineTokenVerifier(environments: EnvironmentCatalog): VerifyMachineToken {
  const verified = new Map<string, VerifiedToken>()
  return (authorization) => {
    if (authorization === undefined)
      return refuse('Send an access token of the service’s identity: Authorization: Bearer …')
    const key = authorization.slice(-KEY_LENGTH)
    const known = verified.get(key)
    if (known?.authorization === authorization && environments.findById(known.trust.id) === known.trust)
      return requireInTime(known).caller
    const token = verifyToken(authorization, environments)
    if (verified.size >= CACHED_MAX) verified.delete(verified.keys().next().value ?? '')
    verified.set(key, token)
    return requireInTime(token).caller
  }
}

function requireInTime(token: VerifiedToken): VerifiedToken {
  const now = Date.now()
  if (now >= token.expiresAtMs) return refuse('The token has expired.')
  if (now < token.notBeforeMs) return refuse('The token is not valid yet.')
  return token
}

function verifyToken(authorization: string, environments: EnvironmentCatalog): VerifiedToken {
  const token = /^Bearer +(\S+)$/i.exec(authorization.slice(0, TOKEN_LENGTH_MAX + 20))?.[1]
  if (token === undefined || token.length > TOKEN_LENGTH_MAX)
    return refuse('The Authorization header does not hold a bearer token.')
  const [header = '', payload = '', signature = '', ...rest] = token.split('.')
  if (rest.length > 0 || ![header, payload, signature].every(isCanonical))
    return refuse('The token is not a signed JWT.')
  const { kid } =
    Header.safeParse(decode(header)).data ?? refuse('The token is not an access token of this control plane.')
  const claims = Claims.safeParse(decode(payload)).data ?? refuse('The token lacks claims of an access token.')
  const trust =
    environments.findByIssuer(claims.iss) ?? refuse('The token’s issuer is not an environment of this control plane.')
  const key = trust.verifyKeys.get(kid) ?? refuse('The token’s key is not known.')
  if (!verify(null, Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url')))
    return refuse('The token’s signature is wrong.')
  return judge(authorization, claims, trust)
}

function judge(authorization: string, claims: z.infer<typeof Claims>, trust: EnvironmentTrust): VerifiedToken {
  if (claims.client_id !== claims.sub) return refuse('The token is about somebody else than the one who uses it.')
  if (claims.aud !== MACHINE_AUDIENCE)
    return refuse(`The token is for another audience; get one for ${MACHINE_AUDIENCE}.`)
  if (!claims.scope.split(' ').includes(MACHINE_SCOPE))
    throw new ControlError('forbidden', `The token lacks the scope ${MACHINE_SCOPE}.`)
  if (trust.disabledIdentities.has(claims.sub)) return refuse('The identity is disabled in this environment.')
  if (trust.revokedTokens.has(claims.jti)) return refuse('The token was revoked.')
  const serviceId = trust.services.get(claims.sub) ?? refuse('The identity is not that of a service.')
  return {
    caller: { environmentId: trust.id, environmentSlug: trust.slug, serviceId, serviceSlug: claims.sub },
    authorization,
    trust,
    notBeforeMs: (claims.iat - CLOCK_SKEW_SECONDS) * 1_000,
    expiresAtMs: (claims.exp + CLOCK_SKEW_SECONDS) * 1_000,
  }
}

/** A second spelling of the same token must not exist: spare bits and padding are refused. */
const isCanonical = (segment: string): boolean =>
  SEGMENT.test(segment) && Buffer.from(segment, 'base64url').toString('base64url') === segment

function decode(segment: string): unknown {
  try {
    return JSON.parse(Buffer.from(segment, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}
