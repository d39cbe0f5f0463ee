/** The token endpoints as a client library of the standards sees them, which knows nothing of this control plane. */
import { generateKeyPairSync } from 'node:crypto'
import * as oauth from 'oauth4webapi'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parsePublicKey } from '#lib/control/credential/parse-public-key.ts'
import { createTestDatabase, type TestDatabase } from '#lib/store/test-database.ts'
import { findFreePort } from '../../listening.ts'
import type { Gateway } from '../start-gateway.ts'
import { createFleet, grant, publish, startTestGateway, type Fleet } from '../testing/gateway-fixture.ts'
import { trustLogin, type TrustedIssuer } from '../testing/trusted-issuer.ts'

// eslint-disable-next-line @typescript-eslint/no-deprecated -- the gateway under test has no TLS in front of it
const INSECURE = { [oauth.allowInsecureRequests]: true } as const

let database: TestDatabase
let gateway: Gateway
let fleet: Fleet
let server: oauth.AuthorizationServer
let privateKey: CryptoKey
let personToken: TrustedIssuer['sign']
const client: oauth.Client = { client_id: 'storefront' }

beforeAll(async () => {
  database = await createTestDatabase()
  fleet = await createFleet(database, { environment: 'production', services: ['orders', 'payments', 'storefront'] })
  await grant(database, fleet, 'storefront', 'orders', 'orders:read')
  await grant(database, fleet, 'storefront', 'payments', 'payments:read')
  const { id: identityId } = await database.prisma.identity.findUniqueOrThrow({ where: { clientId: 'storefront' } })
  const key = { identityId, environmentId: fleet.environmentId }
  await database.prisma.identitySetting.create({
    data: { ...key, refreshTokenSeconds: 3_600, refreshTokenIdleSeconds: 600 },
  })
  privateKey = await registerKey(key)
  personToken = await trustLogin(database, fleet)
  await publish(database, fleet.environmentId)
  const port = await findFreePort()
  gateway = await startTestGateway(database, { port, publicUrl: `http://127.0.0.1:${port}` })
  const issuer = new URL(`${gateway.url}/e/production`)
  const response = await oauth.discoveryRequest(issuer, { ...INSECURE, algorithm: 'oauth2' })
  server = await oauth.processDiscoveryResponse(issuer, response)
})
afterAll(async () => {
  await gateway.close()
  await database.close()
})

async function registerKey(key: { identityId: string; environmentId: string }): Promise<CryptoKey> {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = parsePublicKey(pair.publicKey.export({ format: 'pem', type: 'spki' }).toString())
  const credential = {
    kind: 'public_key',
    name: 'test',
    createdBy: 'test',
    publicJwk: { ...jwk },
    keyId: jwk.kid,
  } as const
  await database.prisma.credential.create({
    data: { ...key, ...credential, publicJwk: { ...jwk } as Record<string, string> },
  })
  const pkcs8 = pair.privateKey.export({ format: 'der', type: 'pkcs8' })
  return crypto.subtle.importKey('pkcs8', pkcs8, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign'])
}

const secret = () => fleet.secrets['storefront'] ?? ''
const parameters = (more: Record<string, string> = {}) => new URLSearchParams({ resource: 'orders', ...more })

const askWith = async (
  authentication: oauth.ClientAuth,
  more: Record<string, string> = {},
  options: oauth.ClientCredentialsGrantRequestOptions = {},
): Promise<oauth.TokenEndpointResponse> => {
  const request = () =>
    oauth.clientCredentialsGrantRequest(server, client, authentication, parameters(more), { ...INSECURE, ...options })
  const read = async (response: Response) => oauth.processClientCredentialsResponse(server, client, response)
  try {
    return await read(await request())
  } catch (error) {
    if (!oauth.isDPoPNonceError(error)) throw error
    return read(await request())
  }
}

/** As a resource server that goes by RFC 9068 alone. */
const accept = (token: string, audience = 'orders') =>
  oauth.validateJwtAccessToken(
    server,
    new Request(`http://${audience}.internal/`, { headers: { authorization: `Bearer ${token}` } }),
    audience,
    INSECURE,
  )

describe('client credentials', () => {
  it.each<[string, () => oauth.ClientAuth]>([
    ['client_secret_basic', () => oauth.ClientSecretBasic(secret())],
    ['client_secret_post', () => oauth.ClientSecretPost(secret())],
    ['private_key_jwt', () => oauth.PrivateKeyJwt(privateKey)],
  ])('by %s give an access token of RFC 9068', async (_, authentication) => {
    const token = await askWith(authentication())
    expect(token).toMatchObject({ token_type: 'bearer', expires_in: 900, scope: 'orders:read' })
    expect(await accept(token.access_token)).toMatchObject({
      sub: 'storefront',
      client_id: 'storefront',
      aud: 'orders',
    })
    await expect(accept(token.access_token, 'payments')).rejects.toThrow()
  })

  it('refused are a challenge or an error of RFC 6749, which the client understands', async () => {
    await expect(askWith(oauth.ClientSecretPost('wrong'))).rejects.toMatchObject({ status: 401 })
    await expect(askWith(oauth.ClientSecretPost(secret()), { scope: 'orders:delete' })).rejects.toMatchObject({
      ...{ error: 'invalid_scope', status: 400 },
    })
  })

  it('with DPoP give a bound token, the nonce being asked for and found', async () => {
    const keys = await oauth.generateKeyPair('ES256')
    const DPoP = oauth.DPoP(client, keys)
    const token = await askWith(oauth.ClientSecretBasic(secret()), {}, { DPoP })
    expect(token.token_type).toBe('dpop')
    await expect(accept(token.access_token)).rejects.toThrow()
  })
})

describe('a session', () => {
  const begin = async () => {
    const { refresh_token } = await askWith(oauth.ClientSecretBasic(secret()), { scope: 'orders:read offline_access' })
    return refresh_token ?? ''
  }

  it('is carried on, and told about, and given back', async () => {
    const authentication = oauth.ClientSecretBasic(secret())
    const first = await begin()
    const answer = await oauth.refreshTokenGrantRequest(server, client, authentication, first, INSECURE)
    const refreshed = await oauth.processRefreshTokenResponse(server, client, answer)
    expect(refreshed.refresh_token).not.toBe(first)
    const introspect = async (token: string) =>
      oauth.processIntrospectionResponse(
        server,
        client,
        await oauth.introspectionRequest(server, client, authentication, token, INSECURE),
      )
    for (const token of [refreshed.access_token, refreshed.refresh_token ?? ''])
      expect(await introspect(token)).toMatchObject({ active: true, client_id: 'storefront', aud: 'orders' })
    const revoked = await oauth.revocationRequest(
      server,
      client,
      authentication,
      refreshed.refresh_token ?? '',
      INSECURE,
    )
    await oauth.processRevocationResponse(revoked)
    expect(await introspect(refreshed.refresh_token ?? '')).toEqual({ active: false })
    const again = await oauth.refreshTokenGrantRequest(
      ...([server, client, authentication, refreshed.refresh_token ?? '', INSECURE] as const),
    )
    await expect(oauth.processRefreshTokenResponse(server, client, again)).rejects.toMatchObject({
      error: 'invalid_grant',
    })
  })
})

it('exchanges the token of a person', async () => {
  const response = await oauth.genericTokenEndpointRequest(
    ...([server, client, oauth.ClientSecretBasic(secret())] as const),
    'urn:ietf:params:oauth:grant-type:token-exchange',
    new URLSearchParams({
      ...{ subject_token: await personToken(), subject_token_type: 'urn:ietf:params:oauth:token-type:access_token' },
      resource: 'payments',
    }),
    INSECURE,
  )
  const token = await oauth.processGenericTokenEndpointResponse(server, client, response)
  expect(await accept(token.access_token, 'payments')).toMatchObject({ sub: 'ada', act: { sub: 'storefront' } })
})
