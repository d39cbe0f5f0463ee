import {
  createHash,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  randomUUID,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto'
import { createLocalJWKSet, calculateJwkThumbprint, jwtVerify, SignJWT, type JSONWebKeySet } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '#lib/store/test-database.ts'
import { createKeyCipher } from '#lib/control/signing-key/key-cipher.ts'
import { rotateSigningKey } from '#lib/control/signing-key/rotate-signing-key.ts'
import type { Gateway } from '../start-gateway.ts'
import {
  createFleet,
  createSecret,
  eventually,
  grant,
  machineToken,
  publish,
  requestToken,
  startTestGateway,
  TEST_SECRET,
  type Fleet,
} from '../testing/gateway-fixture.ts'

const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

let database: TestDatabase
let gateway: Gateway
let fleet: Fleet
let issuer: string

beforeAll(async () => {
  database = await createTestDatabase()
  fleet = await createFleet(database, { environment: 'production', services: ['orders', 'payments', 'storefront'] })
  await grant(database, fleet, 'storefront', 'orders', 'orders:read')
  await grant(database, fleet, 'storefront', 'orders', 'orders:create')
  await grant(database, fleet, 'storefront', 'payments', 'payments:read')
  gateway = await startTestGateway(database)
  issuer = 'http://stepgate.test/e/production'
})
afterAll(async () => {
  await gateway.close()
  await database.close()
})

const ask = (form: Record<string, string>, clientId = 'storefront') =>
  requestToken(gateway.url, {
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: fleet.secrets[clientId] ?? '',
    ...form,
  })

const jwks = async () =>
  createLocalJWKSet((await (await fetch(`${gateway.url}/e/production/jwks.json`)).json()) as JSONWebKeySet)

const identityOf = (clientId: string) => database.prisma.identity.findUniqueOrThrow({ where: { clientId } })

describe('an access token', () => {
  test('is a JWT for one audience with the scopes that are held', async () => {
    const { status, headers, body } = await ask({ audience: 'orders' })
    expect(status).toBe(200)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 900, scope: 'orders:create orders:read' })
    const { payload, protectedHeader } = await jwtVerify(String(body['access_token']), await jwks(), {
      issuer,
      audience: 'orders',
      typ: 'at+jwt',
    })
    expect(protectedHeader.alg).toBe('EdDSA')
    expect(payload).toMatchObject({
      sub: 'storefront',
      client_id: 'storefront',
      aud: 'orders',
      scope: 'orders:create orders:read',
    })
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(900)
    expect(payload.jti).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('carries fewer scopes when fewer are asked for', async () => {
    expect((await ask({ resource: 'orders', scope: 'orders:read' })).body['scope']).toBe('orders:read')
  })

  test('lives as the identity says, shorter where a scope says so', async () => {
    const { id } = await identityOf('storefront')
    await database.prisma.identitySetting.create({
      data: { identityId: id, environmentId: fleet.environmentId, tokenLifetimeSeconds: 3_600 },
    })
    await database.prisma.scope.update({
      where: { serviceId_name: { serviceId: fleet.serviceIds['orders'] ?? '', name: 'orders:create' } },
      data: { tokenLifetimeSeconds: 60 },
    })
    await publish(database, fleet.environmentId)
    await eventually(async () => (await ask({ audience: 'orders' })).body['expires_in'] === 60)
    expect((await ask({ audience: 'orders', scope: 'orders:read' })).body['expires_in']).toBe(3_600)
    expect((await ask({ audience: 'payments' })).body['expires_in']).toBe(3_600)
  })

  test('for polling is had by services alone', async () => {
    await database.prisma.identity.create({ data: { clientId: 'partner', kind: 'integration', name: 'Partner' } })
    const secret = await createSecret(database, fleet.environmentId, 'partner')
    expect((await ask({ audience: 'stepgate' })).body['scope']).toBe('stepgate:instance')
    expect((await ask({ audience: 'stepgate', client_secret: secret }, 'partner')).body).toMatchObject({
      error: 'invalid_target',
    })
    expect((await ask({ audience: 'stepgate', scope: 'orders:read' })).body).toMatchObject({ error: 'invalid_scope' })
  })
})

describe('a request is refused', () => {
  test.each([
    ['without a grant type', { grant_type: '' }, 400, 'invalid_request'],
    ['of another grant type', { grant_type: 'password' }, 400, 'unsupported_grant_type'],
    ['without an audience', {}, 400, 'invalid_target'],
    ['for an unknown service', { audience: 'warehouse' }, 400, 'invalid_target'],
    ['for two services', { audience: 'orders', resource: 'payments' }, 400, 'invalid_target'],
    ['for a scope that is not held', { audience: 'orders', scope: 'orders:read orders:delete' }, 400, 'invalid_scope'],
    ['for a service of which nothing is held', { audience: 'storefront' }, 400, 'invalid_scope'],
    ['for a scope that is no name', { audience: 'orders', scope: 'a"b' }, 400, 'invalid_scope'],
    ['with a wrong secret', { audience: 'orders', client_secret: 'wrong' }, 401, 'invalid_client'],
    ['of an unknown client', { audience: 'orders', client_id: 'nobody' }, 401, 'invalid_client'],
  ] as [string, Record<string, string>, number, string][])('%s', async (_, form, status, error) => {
    const answer = await ask(form)
    expect([answer.status, answer.body['error']]).toEqual([status, error])
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(JSON.stringify(answer.body)).not.toContain(fleet.secrets['storefront'])
  })

  test('with a parameter twice', async () => {
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      audience: 'orders',
      client_id: 'storefront',
      client_secret: fleet.secrets['storefront'] ?? '',
    })
    form.append('scope', 'orders:read')
    form.append('scope', 'orders:create')
    expect((await requestToken(gateway.url, form)).body['error']).toBe('invalid_request')
  })

  test('with two ways of authentication', async () => {
    const basic = Buffer.from(`storefront:${fleet.secrets['storefront']}`).toString('base64')
    const form = { grant_type: 'client_credentials', audience: 'orders', client_id: 'storefront', client_secret: 'x' }
    expect((await requestToken(gateway.url, form, { authorization: `Basic ${basic}` })).body['error']).toBe(
      'invalid_request',
    )
  })

  test.each([
    ['application/json', '{"grant_type":"client_credentials"}'],
    ['text/plain', 'grant_type=client_credentials'],
    ['application/x-www-form-urlencoded', `a=${'x'.repeat(70_000)}`],
  ])('as %s', async (type, body) => {
    const response = await fetch(`${gateway.url}/oauth/token`, {
      method: 'POST',
      body,
      headers: { 'content-type': type },
    })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: 'invalid_request' })
  })

  test('with a challenge when the client is not authenticated', async () => {
    const { headers } = await requestToken(gateway.url, { grant_type: 'client_credentials', audience: 'orders' })
    expect(headers.get('www-authenticate')).toContain('Basic')
  })
})

describe('client_secret_basic', () => {
  test('form-decodes id and secret', async () => {
    const basic = Buffer.from(
      `${encodeURIComponent('storefront')}:${encodeURIComponent(fleet.secrets['storefront'] ?? '')}`,
    ).toString('base64')
    const { status } = await requestToken(
      gateway.url,
      { grant_type: 'client_credentials', audience: 'orders' },
      { authorization: `Basic ${basic}` },
    )
    expect(status).toBe(200)
  })

  test.each([
    'Basic',
    'Basic !!!',
    `Basic ${Buffer.from('no-colon').toString('base64')}`,
    `Basic ${Buffer.from('a%zz:b').toString('base64')}`,
    'Digest x',
  ])('refuses %s', async (authorization) => {
    const { status, body } = await requestToken(
      gateway.url,
      { grant_type: 'client_credentials', audience: 'orders' },
      { authorization },
    )
    expect([status, body['error']]).toEqual([401, 'invalid_client'])
  })
})

describe('private_key_jwt', () => {
  const pairs = {
    EdDSA: generateKeyPairSync('ed25519'),
    ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    RS256: generateKeyPairSync('rsa', { modulusLength: 2_048 }),
  }
  const kids: Record<string, string> = {}

  beforeAll(async () => {
    for (const [alg, { publicKey }] of Object.entries(pairs))
      kids[alg] = await addKey('payments', publicKey, alg, fleet.environmentId)
  })

  const addKey = async (
    clientId: string,
    publicKey: KeyObject,
    alg: string,
    environmentId: string,
  ): Promise<string> => {
    const jwk = publicKey.export({ format: 'jwk' }) as JsonWebKey & { kty: string }
    const keyId = await calculateJwkThumbprint(jwk)
    const { id: identityId } = await identityOf(clientId)
    // At most two live credentials of a kind: the oldest makes room, as in a rotation.
    const live = await database.prisma.credential.findMany({
      where: { identityId, environmentId, kind: 'public_key' },
      orderBy: { createdAt: 'asc' },
    })
    for (const { id } of live.slice(0, Math.max(0, live.length - 1)))
      await database.prisma.credential.delete({ where: { id } })
    await database.prisma.credential.create({
      data: {
        identityId,
        environmentId,
        kind: 'public_key',
        name: alg,
        publicJwk: { ...jwk, kid: keyId, alg },
        keyId,
        createdBy: 'test',
      },
    })
    return keyId
  }

  const assertion = (
    alg: keyof typeof pairs,
    claims: Record<string, unknown> = {},
    key: KeyObject = pairs[alg].privateKey,
  ) =>
    new SignJWT({
      iss: 'payments',
      sub: 'payments',
      aud: issuer,
      exp: Math.floor(Date.now() / 1_000) + 60,
      jti: randomUUID(),
      ...claims,
    })
      .setProtectedHeader({ alg, kid: kids[alg] ?? '' })
      .sign(key)

  const present = (clientAssertion: string) =>
    requestToken(gateway.url, {
      grant_type: 'client_credentials',
      audience: 'stepgate',
      client_assertion_type: JWT_BEARER,
      client_assertion: clientAssertion,
    })

  test.each(['ES256', 'RS256'] as const)('accepts %s for the issuer and for the token endpoint', async (alg) => {
    expect((await present(await assertion(alg))).status).toBe(200)
    expect((await present(await assertion(alg, { aud: 'http://stepgate.test/oauth/token' }))).status).toBe(200)
  })

  test('accepts EdDSA', async () => {
    kids['EdDSA'] = await addKey('payments', pairs.EdDSA.publicKey, 'EdDSA', fleet.environmentId)
    await publish(database, fleet.environmentId)
    await eventually(async () => (await present(await assertion('EdDSA'))).status === 200)
  })

  test('refuses an assertion that was used, also at another gateway', async () => {
    const second = await startTestGateway(database)
    const used = await assertion('RS256')
    expect((await present(used)).status).toBe(200)
    expect((await present(used)).body).toMatchObject({ error: 'invalid_client' })
    const form = {
      grant_type: 'client_credentials',
      audience: 'stepgate',
      client_assertion_type: JWT_BEARER,
      client_assertion: used,
    }
    expect((await requestToken(second.url, form)).body).toMatchObject({
      error: 'invalid_client',
      error_description: 'The assertion was used before.',
    })
    await second.close()
  })

  test.each([
    ['lives too long', { exp: Math.floor(Date.now() / 1_000) + 600 }],
    ['has expired', { exp: Math.floor(Date.now() / 1_000) - 120 }],
    ['has no id', { jti: undefined }],
    ['has an empty id', { jti: '' }],
    ['never expires', { exp: undefined }],
    ['is for somebody else', { aud: 'https://elsewhere.example' }],
    ['is of another issuer', { iss: 'storefront' }],
    ['is not valid yet', { nbf: Math.floor(Date.now() / 1_000) + 300 }],
  ])('refuses an assertion that %s', async (_, claims) => {
    const { status, body } = await present(await assertion('RS256', claims))
    expect([status, body['error']]).toEqual([401, 'invalid_client'])
  })

  test('says to whom an assertion should have been addressed, once its key is proven', async () => {
    const { body } = await present(await assertion('RS256', { aud: 'http://gateway.internal/oauth/token' }))
    expect(body['error_description']).toContain('http://stepgate.test/oauth/token')
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
    const forged = await present(await assertion('RS256', { aud: 'http://gateway.internal/oauth/token' }, privateKey))
    expect(forged.body['error_description']).not.toContain('http://stepgate.test/oauth/token')
  })

  test('refuses another key, and a secret made of the public key', async () => {
    const stranger = generateKeyPairSync('rsa', { modulusLength: 2_048 })
    expect((await present(await assertion('RS256', {}, stranger.privateKey))).status).toBe(401)
    const publicPem = pairs.RS256.publicKey.export({ format: 'pem', type: 'spki' })
    const forged = await new SignJWT({ iss: 'payments', sub: 'payments', aud: issuer, jti: randomUUID() })
      .setExpirationTime('1m')
      .setProtectedHeader({ alg: 'HS256', kid: kids['RS256'] ?? '' })
      .sign(createSecretKey(Buffer.from(publicPem)))
    expect((await present(forged)).status).toBe(401)
  })

  test('says which environment is meant when a key is registered in two', async () => {
    const staging = await createFleet(database, { environment: 'staging', services: ['payments'] })
    await addKey('payments', pairs.RS256.publicKey, 'RS256', staging.environmentId)
    await publish(database, staging.environmentId)
    await eventually(
      async () => (await present(await assertion('RS256', { aud: 'http://stepgate.test/e/staging' }))).status === 200,
    )
    const { body } = await present(await assertion('RS256', { aud: 'http://stepgate.test/oauth/token' }))
    expect(body['error_description']).toContain('several environments')
  })
})

describe('a credential', () => {
  test.each([
    ['revoked', { revokedAt: new Date() }],
    ['expired', { expiresAt: new Date(Date.now() - 1_000) }],
  ])('that is %s gets nothing', async (word, data) => {
    const disposable = await createFleet(database, { services: ['orders'] })
    await database.prisma.credential.updateMany({ where: { environmentId: disposable.environmentId }, data })
    const form = {
      grant_type: 'client_credentials',
      audience: 'stepgate',
      client_id: 'orders',
      client_secret: disposable.secrets['orders'] ?? '',
    }
    const { body } = await eventually(async () => {
      const answer = await requestToken(gateway.url, form)
      return String(answer.body['error_description']).includes(word) && answer
    })
    expect(body['error']).toBe('invalid_client')
  })

  test('of a disabled identity gets nothing, elsewhere it does', async () => {
    const disposable = await createFleet(database, { services: ['orders'] })
    const { id } = await identityOf('orders')
    await database.prisma.identitySetting.create({
      data: { identityId: id, environmentId: disposable.environmentId, disabledAt: new Date() },
    })
    await publish(database, disposable.environmentId)
    const form = { grant_type: 'client_credentials', audience: 'stepgate', client_id: 'orders' }
    await eventually(async () => {
      const { body } = await requestToken(gateway.url, { ...form, client_secret: disposable.secrets['orders'] ?? '' })
      return String(body['error_description']).includes('disabled')
    })
    expect((await requestToken(gateway.url, { ...form, client_secret: fleet.secrets['orders'] ?? '' })).status).toBe(
      200,
    )
  })

  test('is known by who used it', async () => {
    const form = {
      grant_type: 'client_credentials',
      audience: 'stepgate',
      client_id: 'orders',
      client_secret: fleet.secrets['orders'] ?? '',
    }
    await requestToken(gateway.url, form, { 'stepgate-workload': 'orders-api' })
    await requestToken(gateway.url, form, { 'stepgate-workload': 'orders-cron' })
    await requestToken(gateway.url, form, { 'stepgate-workload': 'orders-cron' })
    const secretHash = Uint8Array.from(
      createHash('sha256')
        .update(fleet.secrets['orders'] ?? '')
        .digest(),
    )
    const credential = await eventually(async () => {
      const found = await database.prisma.credential.findUniqueOrThrow({
        where: { secretHash },
        include: { uses: { orderBy: { workload: 'asc' } } },
      })
      const counted = found.uses
        .filter(({ workload }) => workload.startsWith('orders-'))
        .map(({ count }) => Number(count))
      return counted.reduce((sum, count) => sum + count, 0) === 3 && found.lastUsedAt !== null && found
    })
    expect(credential.lastUsedAt).not.toBeNull()
    expect(credential.uses.map(({ workload, address, count }) => [workload, address, count])).toEqual(
      expect.arrayContaining([
        ['orders-api', '127.0.0.1', 1n],
        ['orders-cron', '127.0.0.1', 2n],
      ]),
    )
  })

  test('is known by the networks it was used from, as trusted proxies tell them', async () => {
    const behind = await startTestGateway(database, { trustedProxies: ['127.0.0.1/32'] })
    const secret = await createSecret(database, fleet.environmentId, 'storefront')
    const form = {
      grant_type: 'client_credentials',
      resource: 'orders',
      client_id: 'storefront',
      client_secret: secret,
    }
    for (const address of ['203.0.113.7', '203.0.113.8', '1.2.3.4, 2001:db8:7::1'])
      expect((await requestToken(behind.url, form, { 'x-forwarded-for': address })).status).toBe(200)
    await behind.close()
    const secretHash = Uint8Array.from(createHash('sha256').update(secret).digest())
    const { networks } = await database.prisma.credential.findUniqueOrThrow({
      where: { secretHash },
      include: { networks: { orderBy: { network: 'asc' } } },
    })
    expect(networks.map(({ network }) => network)).toEqual(['203.0.113.0/24', '2001:db8:7::/48'])
    await database.prisma.credential.update({ where: { secretHash }, data: { revokedAt: new Date() } })
  })
})

test('failures are throttled for a client at an address, without locking the client out elsewhere', async () => {
  const throttled = await startTestGateway(database, { trustedProxies: ['127.0.0.1/32'] })
  const attempt = (secret: string, address: string) =>
    requestToken(
      throttled.url,
      { grant_type: 'client_credentials', audience: 'orders', client_id: 'storefront', client_secret: secret },
      { 'x-forwarded-for': address },
    )
  for (let failure = 0; failure < 20; failure++) await attempt('wrong', `6.6.6.${failure}, 203.0.113.7`)
  const { status, headers, body } = await attempt('wrong', '9.9.9.9, 203.0.113.7')
  expect([status, body['error']]).toEqual([429, 'slow_down'])
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
  expect((await attempt(fleet.secrets['storefront'] ?? '', '203.0.113.8')).status).toBe(200)
  await throttled.close()
})

describe('metadata', () => {
  test('is found by path insertion and names this environment', async () => {
    const response = await fetch(`${gateway.url}/.well-known/oauth-authorization-server/e/production`)
    const metadata: unknown = await response.json()
    expect(metadata).toMatchObject({
      issuer,
      token_endpoint: 'http://stepgate.test/oauth/token',
      jwks_uri: `${issuer}/jwks.json`,
      grant_types_supported: ['client_credentials', 'urn:ietf:params:oauth:grant-type:token-exchange', 'refresh_token'],
      introspection_endpoint: 'http://stepgate.test/oauth/introspect',
      revocation_endpoint: 'http://stepgate.test/oauth/revoke',
      tls_client_certificate_bound_access_tokens: true,
      dpop_signing_alg_values_supported: ['ES256', 'EdDSA', 'RS256'],
    })
  })

  test('of an unknown environment is a problem', async () => {
    const response = await fetch(`${gateway.url}/e/nowhere/jwks.json`)
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([404, 'not-found'])
  })

  test('holds public keys alone', async () => {
    const { keys } = (await (await fetch(`${gateway.url}/e/production/jwks.json`)).json()) as JSONWebKeySet
    expect(keys.length).toBeGreaterThanOrEqual(2)
    expect(keys.every((key) => key.d === undefined && createPublicKey({ key, format: 'jwk' }).type === 'public')).toBe(
      true,
    )
  })
})

test('rotating the token key refuses no request, with old tokens and new', async () => {
  const before = String((await ask({ audience: 'orders' })).body['access_token'])
  const oldMachineToken = await machineToken(gateway.url, fleet, 'orders')
  await database.prisma.$transaction((tx) =>
    rotateSigningKey(
      tx,
      { environmentId: fleet.environmentId, purpose: 'token', actorName: 'test' },
      createKeyCipher(TEST_SECRET),
    ),
  )
  const kidOf = (token: string) =>
    (JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { kid: string }).kid
  const after = await eventually(async () => {
    const token = String((await ask({ audience: 'orders' })).body['access_token'])
    return kidOf(token) !== kidOf(before) && token
  })
  for (const token of [before, after]) await expect(jwtVerify(token, await jwks(), { issuer })).resolves.toBeDefined()
  const kids = await eventually(async () => {
    const headers = { authorization: `Bearer ${oldMachineToken}` }
    const answer = await fetch(`${gateway.url}/v1/config`, { headers })
    const { issuers } = (await answer.json()) as { issuers: { keys: { kid: string }[] }[] }
    const published = issuers[0]?.keys.map(({ kid }) => kid) ?? []
    return [before, after].every((token) => published.includes(kidOf(token))) && published
  })
  expect(kids).toHaveLength(3)
})

test('another secret than before is one clear sentence', async () => {
  await expect(startTestGateway(database, { secret: 'quite another secret, also long enough' })).rejects.toThrow(
    'STEPGATE_SECRET is not the one the signing keys in this database were encrypted with.',
  )
})
