import { createLocalJWKSet, decodeJwt, jwtVerify, type JSONWebKeySet, type JWTPayload } from 'jose'
import { z } from 'zod'
import type { EnvironmentTrust } from '#lib/control/publication/load-environment-trust.ts'
import { toClaimScopes } from '#lib/control/issuer/to-issuer.ts'
import type { Client } from '#lib/control/token/client.ts'
import type { ActorClaim, Subject } from '#lib/control/token/decide-exchange.ts'
import { liveGrants, type TokenRequest } from '#lib/control/token/decide-token.ts'
import { TokenError } from '#lib/control/token/token-error.ts'
import { readScopes, withClaimScopes } from '#lib/policy/token-scopes.ts'
import { CLOCK_SKEW_SECONDS } from '#lib/policy/vocabulary.ts'
import type { PrismaClient } from '#lib/store/generated/client.ts'
import type { ClientDirectory } from './client-directory.ts'

const TOKEN_LENGTH_MAX = 8_192
const ALGORITHMS = ['EdDSA', 'ES256', 'RS256']

const Act: z.ZodType<ActorClaim> = z.lazy(() => z.object({ sub: z.string(), act: Act.optional() })) as never // exact optional members
const OwnClaims = z.object({
  sub: z.string(),
  client_id: z.string(),
  iat: z.number(),
  exp: z.number(),
  jti: z.string(),
  act: Act.optional(),
  sub_id: z.object({ format: z.literal('iss_sub'), iss: z.string(), sub: z.string() }).optional(),
  sub_scope: z.string().optional(),
})
type OwnClaims = z.output<typeof OwnClaims>
const PersonClaims = z.object({
  sub: z.string().min(1).max(200),
  iat: z.number(),
  exp: z.number(),
  jti: z.string().optional(),
})

const refused = (detail: string): TokenError => new TokenError('invalid_request', `subject_token ${detail}.`)

export interface SubjectParts {
  readonly database: PrismaClient
  readonly clients: ClientDirectory
}

/** The one a token is about, by its issuer's keys. Throws `invalid_request` (RFC 8693, section 2.2.2). */
export async function readSubject(
  token: string,
  actor: Client,
  trust: EnvironmentTrust,
  request: TokenRequest,
  parts: SubjectParts,
): Promise<Subject> {
  if (token.length > TOKEN_LENGTH_MAX) throw refused('is too long')
  const issuer = issuerOf(token)
  const subject =
    issuer === trust.issuer
      ? await readOwnSubject(token, actor, trust, request, parts)
      : await readPerson(token, issuer, trust, parts)
  const nowSeconds = request.now.getTime() / 1_000
  if (subject.expiresAtSeconds <= nowSeconds) throw refused('has expired')
  if (subject.issuedAtSeconds > nowSeconds + CLOCK_SKEW_SECONDS) throw refused('is not valid yet')
  return subject
}

function issuerOf(token: string): string {
  try {
    return z.string().parse(decodeJwt(token).iss)
  } catch {
    throw refused('is not a JWT that names its issuer')
  }
}

/** A token of this control plane, for the service that acts: about another identity, perhaps through others. */
async function readOwnSubject(
  token: string,
  actor: Client,
  trust: EnvironmentTrust,
  request: TokenRequest,
  parts: SubjectParts,
): Promise<Subject> {
  const keys = { keys: trust.keys.tokenPublicKeys.map((jwk) => ({ ...jwk })) }
  const payload = await verifyWith(token, keys, { issuer: trust.issuer, audience: actor.clientId, typ: 'at+jwt' })
  const claims = OwnClaims.safeParse(payload).data
  if (claims === undefined) throw refused('lacks claims of an access token')
  requireLive(trust, claims.jti, [claims.sub, claims.client_id, ...listActors(claims.act)])
  return claims.sub_id === undefined
    ? readIdentity(claims, request, parts)
    : readRepresentedPerson(claims, claims.sub_id, trust, parts)
}

async function readIdentity(claims: OwnClaims, request: TokenRequest, { clients }: SubjectParts): Promise<Subject> {
  const subject = await clients.find(claims.sub)
  if (subject === null) throw refused('is about an identity that is no more')
  const grants = liveGrants(subject, request)
  const ends = grants.flatMap(({ expiresAt }) => (expiresAt === null ? [] : [Math.floor(expiresAt.getTime() / 1_000)]))
  return {
    sub: claims.sub,
    subjectId: null,
    scopes: grants.map(({ scope }) => scope),
    act: claims.act ?? null,
    issuedAtSeconds: claims.iat,
    expiresAtSeconds: Math.min(claims.exp, ...ends),
  }
}

/** A person on whose behalf others act already: never more than the person’s own token said. */
async function readRepresentedPerson(
  { sub, sub_scope: scope, act, iat, exp }: OwnClaims,
  subjectId: NonNullable<Subject['subjectId']>,
  trust: EnvironmentTrust,
  { database }: SubjectParts,
): Promise<Subject> {
  if (scope === undefined) throw refused('does not say what the person may do: hand on the token of the person')
  const where = { environmentId: trust.id, purpose: 'people', issuer: subjectId.iss } as const
  if ((await database.issuer.count({ where })) === 0)
    throw refused('is about a person of an issuer that is trusted no more')
  const scopes = scope.split(' ').filter((name) => name !== '')
  return { sub, subjectId, scopes, act: act ?? null, issuedAtSeconds: iat, expiresAtSeconds: exp }
}

/** A token of a person, as the services of this environment take it. */
async function readPerson(
  token: string,
  issuerUrl: string,
  trust: EnvironmentTrust,
  { database }: SubjectParts,
): Promise<Subject> {
  const issuer = await database.issuer.findFirst({
    where: { environmentId: trust.id, purpose: 'people', issuer: issuerUrl },
  })
  if (issuer === null) throw refused('is of an issuer that is not trusted here')
  const keys = { keys: issuer.keys } as unknown as JSONWebKeySet // parsed by refreshIssuerKeys
  const payload = await verifyWith(token, keys, { issuer: issuerUrl, audience: issuer.audience })
  const claims = PersonClaims.safeParse(payload).data
  if (claims === undefined) throw refused('lacks sub, iat or exp')
  requireLive(trust, claims.jti, [])
  const scopes = readScopes(payload, issuer.scopeClaim)
  if (scopes === null) throw refused(`has a claim ${issuer.scopeClaim} that lists no scopes`)
  return {
    sub: claims.sub,
    subjectId: { format: 'iss_sub', iss: issuerUrl, sub: claims.sub },
    scopes: withClaimScopes(scopes, payload, toClaimScopes(issuer.claimScopes)),
    act: null,
    issuedAtSeconds: claims.iat,
    expiresAtSeconds: claims.exp,
  }
}

async function verifyWith(
  token: string,
  keys: JSONWebKeySet,
  options: { readonly issuer: string; readonly audience: string; readonly typ?: string },
): Promise<JWTPayload> {
  try {
    const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(keys), {
      ...options,
      algorithms: ALGORITHMS,
      clockTolerance: CLOCK_SKEW_SECONDS,
    })
    const typ = protectedHeader.typ?.toLowerCase().replace(/^application\//, '')
    if (typ !== undefined && typ !== 'jwt' && typ !== 'at+jwt') throw refused('is not an access token')
    return payload
  } catch (error) {
    if (error instanceof TokenError) throw error
    throw refused(`is not valid for ${options.audience}`)
  }
}

const listActors = (act: ActorClaim | undefined): string[] =>
  act === undefined ? [] : [act.sub, ...listActors(act.act)]

function requireLive(trust: EnvironmentTrust, tokenId: string | undefined, identities: readonly string[]): void {
  if (tokenId !== undefined && trust.revokedTokens.has(tokenId)) throw refused('was revoked')
  if (identities.some((clientId) => trust.disabledIdentities.has(clientId)))
    throw refused('is about an identity that is disabled')
}
