import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { Database } from '#lib/store/database.ts'
import type { Prisma } from '#lib/store/generated/client.ts'
import type { Fleet } from './gateway-fixture.ts'

type Members = Record<string, unknown>
type Told = Omit<Prisma.IssuerUncheckedCreateInput, 'environmentId' | 'jwksUri' | 'keys'>

export interface TrustedIssuer {
  readonly id: string
  /** A token that is good for five minutes, but for what is said otherwise. */
  sign(claims?: Members, header?: Members): Promise<string>
}

/** Trusts an issuer and its one key, `<name>-1`, from the next revision on. */
export async function trustIssuer(
  { prisma }: Database,
  { environmentId }: Fleet,
  { alg = 'ES256', ...told }: Told & { alg?: string },
): Promise<TrustedIssuer> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
  const kid = `${told.name}-1`
  const keys = [{ ...(await exportJWK(publicKey)), kid, alg }]
  const jwksUri = `${told.issuer}/jwks`
  const { id } = await prisma.issuer.create({ data: { ...told, environmentId, jwksUri, keys } })
  return {
    id,
    sign: (claims = {}, header = {}) => {
      const iat = Math.floor(Date.now() / 1_000)
      return new SignJWT({ iss: told.issuer, aud: told.audience, iat, exp: iat + 300, ...claims })
        .setProtectedHeader({ alg, kid, ...header })
        .sign(privateKey, { crit: { unknown: true } })
    },
  }
}

/** Where people sign in. */
export const LOGIN = 'https://login.example'

/** Trusts it. A token is one of Ada, who may read payments, but for what is said otherwise. */
export async function trustLogin(
  database: Database,
  fleet: Fleet,
  claimScopes: Prisma.InputJsonArray = [],
): Promise<TrustedIssuer['sign']> {
  const login = await trustIssuer(database, fleet, { name: 'login', issuer: LOGIN, audience: 'shop', claimScopes })
  return (claims, header) => login.sign({ sub: 'ada', scope: 'payments:read', ...claims }, header)
}
