/** Tokens on somebody's behalf (RFC 8693), and tokens that are bound to a key (RFC 9449). */
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { calculateJwkThumbprint, decodeJwt, SignJWT, type JWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '#lib/store/test-database.ts'
import { createStepgate, type Stepgate } from '../../../sdk/src/index.ts'
import { guard } from '../../../sdk/src/node-http.ts'
import type { Gateway } from '../start-gateway.ts'
import {
  createFleet,
  createSecret,
  eventually,
  grant,
  publish,
  requestToken,
  startTestGateway,
  type Fleet,
} from '../testing/gateway-fixture.ts'
import { LOGIN, trustLogin, type TrustedIssuer } from '../testing/trusted-issuer.ts'

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token'
const TOKEN_ENDPOINT = 'http://stepgate.test/oauth/token'

let database: TestDatabase
let gateway: Gateway
let fleet: Fleet
let personToken: TrustedIssuer['sign']
let other: Fleet

beforeAll(async () => {
  database = await createTestDatabase()
  const services = ['storefront', 'orders', 'payments', 'ledger', 'archive', 'vault']
  fleet = await createFleet(database, { environment: 'production', services })
  other = await createFleet(database, { environment: 'staging', services: ['storefront', 'orders', 'payments'] })
  for (const [from, to] of [
    ['storefront', 'orders'],
    ['storefront', 'payments'],
    ['orders', 'payments'],
    ['storefront', 'ledger'],
    ['payments', 'ledger'],
    ['storefront', 'archive'],
    ['ledger', 'archive'],
    ['storefront', 'vault'],
    ['archive', 'vault'],
  ] as const)
    await grant(database, fleet, from, to, `${to}:read`)
  await grant(database, fleet, 'orders', 'payments', 'payments:refund')
  await grant(database, fleet, 'orders', 'storefront', 'storefront:read')
  await grant(database, fleet, 'vault', 'storefront', 'storefront:read')
  await grant(database, other, 'storefront', 'orders', 'orders:read')
  personToken = await trustLogin(database, fleet, [{ claim: 'role', value: 'clerk', scopes: ['payments:refund'] }])
  await publish(database, fleet.environmentId)
  gateway = await startTestGateway(database)
})
afterAll(async () => {
  await gateway.close()
  await database.close()
})

const ask = (clientId: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
  requestToken(
    gateway.url,
    {
      ...{ grant_type: 'client_credentials', client_id: clientId },
      client_secret: fleet.secrets[clientId] ?? '',
      ...form,
    },
    headers,
  )

const exchange = (clientId: string, subjectToken: string, audience: string, more: Record<string, string> = {}) =>
  ask(clientId, {
    ...{ grant_type: EXCHANGE, subject_token: subjectToken, subject_token_type: ACCESS_TOKEN, resource: audience },
    ...more,
  })

const ownToken = async (clientId: string, audience: string): Promise<string> =>
  String((await ask(clientId, { resource: audience })).body['access_token'])

const claimsOf = (body: Record<string, unknown>) => decodeJwt(String(body['access_token']))

describe('a token on behalf of a person', () => {
  it('is about the person, for the actor, and carries what both may do', async () => {
    const { status, body } = await exchange('orders', await personToken({ role: 'clerk' }), 'payments')
    expect(status).toBe(200)
    expect(body).toMatchObject({
      ...{ issued_token_type: ACCESS_TOKEN, token_type: 'Bearer', scope: 'payments:read payments:refund' },
    })
    expect(claimsOf(body)).toMatchObject({
      ...{ iss: 'http://stepgate.test/e/production', aud: 'payments', client_id: 'orders', client_kind: 'service' },
      ...{ sub: 'ada', sub_id: { format: 'iss_sub', iss: LOGIN, sub: 'ada' }, act: { sub: 'orders' } },
    })
  })

  it('carries no more than was asked for, than the person may do, and than the actor may do', async () => {
    const token = await personToken({ role: 'clerk' })
    expect((await exchange('orders', token, 'payments', { scope: 'payments:refund' })).body['scope']).toBe(
      'payments:refund',
    )
    expect((await exchange('orders', await personToken(), 'payments')).body['scope']).toBe('payments:read')
    expect((await exchange('storefront', token, 'payments')).body['scope']).toBe('payments:read')
    expect(
      (await exchange('orders', await personToken(), 'payments', { scope: 'payments:refund' })).body,
    ).toMatchObject({
      error: 'invalid_scope',
      error_description: expect.stringContaining('payments:refund') as string,
    })
    expect((await exchange('orders', await personToken({ scope: 'orders:read' }), 'payments')).body).toMatchObject({
      error: 'invalid_scope',
    })
  })

  it('never outlives the token of the person', async () => {
    const now = Math.floor(Date.now() / 1_000)
    const { body } = await exchange('orders', await personToken({ exp: now + 40 }), 'payments')
    expect(claimsOf(body).exp).toBeLessThanOrEqual(now + 40)
    expect(body['expires_in']).toBeLessThanOrEqual(40)
  })

  it.each<[string, () => Promise<string>]>([
    ['that has expired', () => personToken({ exp: Math.floor(Date.now() / 1_000) - 30 })],
    ['for another audience', () => personToken({ aud: 'elsewhere' })],
    ['from the future', () => personToken({ iat: Math.floor(Date.now() / 1_000) + 120 })],
    ['that never expires', () => personToken({ exp: undefined })],
    ['with scopes that are none', () => personToken({ scope: 5 })],
    ['with an extension nobody knows', () => personToken({}, { crit: ['unknown'], unknown: 1 })],
    ['of another key', () => personToken({}, { kid: 'login-2' })],
    ['of an issuer that is not trusted', () => personToken({ iss: 'https://evil.example' })],
    ['that is no access token', () => personToken({}, { typ: 'dpop+jwt' })],
    ['that was changed', async () => `${(await personToken()).slice(0, -6)}AAAAAA`],
    ['without a signature', async () => `${(await personToken()).split('.').slice(0, 2).join('.')}.`],
    ['that is no JWT', () => Promise.resolve('sg_live_whatever')],
    ['that is too long', () => Promise.resolve('a'.repeat(9_000))],
    [
      'signed with a shared secret',
      () =>
        new SignJWT({ iss: LOGIN, sub: 'ada', aud: 'shop', exp: 2_000_000_000 })
          .setProtectedHeader({ alg: 'HS256', kid: 'login-1' })
          .sign(Buffer.from('x'.repeat(32))),
    ],
  ])('is not made from one %s', async (_, makeToken) => {
    const { status, body } = await exchange('orders', await makeToken(), 'payments')
    expect([status, body['error']]).toEqual([400, 'invalid_request'])
    expect(String(body['error_description'])).toMatch(/^subject_token/)
  })
})

describe('a token on behalf of a service', () => {
  it('is about that service, and carries what both may do', async () => {
    const { body } = await exchange('orders', await ownToken('storefront', 'orders'), 'payments')
    expect(body['scope']).toBe('payments:read')
    expect(claimsOf(body)).toMatchObject({ sub: 'storefront', client_id: 'orders', act: { sub: 'orders' } })
    expect(claimsOf(body)).not.toHaveProperty('sub_id')
  })

  it('ends with the grant of the subject', async () => {
    const { id } = await database.prisma.grant.findFirstOrThrow({
      where: { identity: { clientId: 'storefront' }, scope: { name: 'payments:read' } },
    })
    const end = new Date(Date.now() + 100_000)
    await database.prisma.grant.update({ where: { id }, data: { expiresAt: end } })
    await publish(database, fleet.environmentId)
    const token = await ownToken('storefront', 'orders')
    await eventually(async () => {
      const { body } = await exchange('orders', token, 'payments')
      return (claimsOf(body).exp ?? Infinity) <= Math.floor(end.getTime() / 1_000)
    })
    await database.prisma.grant.update({ where: { id }, data: { expiresAt: null } })
    await publish(database, fleet.environmentId)
  })

  it('names everybody it passed through, and passes through four at most', async () => {
    let token = await ownToken('storefront', 'orders')
    for (const [actor, audience] of [
      ['orders', 'payments'],
      ['payments', 'ledger'],
      ['ledger', 'archive'],
      ['archive', 'vault'],
    ] as const) {
      const { body } = await exchange(actor, token, audience)
      token = String(body['access_token'])
      expect(decodeJwt(token)).toMatchObject({ sub: 'storefront', act: { sub: actor } })
    }
    expect(decodeJwt(token)['act']).toEqual({
      sub: 'archive',
      act: { sub: 'ledger', act: { sub: 'payments', act: { sub: 'orders' } } },
    })
    expect((await exchange('vault', token, 'storefront')).body).toMatchObject({
      error: 'invalid_request',
      error_description: expect.stringContaining('4 services') as string,
    })
  })

  it.each([
    ['for another service', () => ownToken('storefront', 'payments')],
    ['for the control plane', () => ownToken('storefront', 'stepgate')],
    [
      'of another environment',
      async () =>
        String(
          (
            await requestToken(gateway.url, {
              ...{ grant_type: 'client_credentials', client_id: 'storefront', resource: 'orders' },
              client_secret: other.secrets['storefront'] ?? '',
            })
          ).body['access_token'],
        ),
    ],
  ])('is not made from one %s', async (_, makeToken) => {
    expect((await exchange('orders', await makeToken(), 'payments')).body).toMatchObject({ error: 'invalid_request' })
  })

  it('goes on for a person through three services, with what the person’s own token allowed', async () => {
    const person = await personToken({ scope: 'payments:read ledger:read vault:read' })
    const first = String((await exchange('orders', person, 'payments')).body['access_token'])
    const second = String((await exchange('payments', first, 'ledger')).body['access_token'])
    expect(decodeJwt(second)).toMatchObject({
      ...{ sub: 'ada', sub_id: { iss: LOGIN, sub: 'ada' }, client_id: 'payments', aud: 'ledger', scope: 'ledger:read' },
      act: { sub: 'payments', act: { sub: 'orders' } },
    })
    expect(decodeJwt(second).exp).toBeLessThanOrEqual(decodeJwt(person).exp ?? 0)
    expect((await exchange('ledger', second, 'archive')).body).toMatchObject({ error: 'invalid_scope' })
  })

  it('does not go on for a person who may do more than a token can list: the person’s own token is handed on', async () => {
    const many = Array.from({ length: 100 }, (_, index) => `things:read-${String(index)}`).join(' ')
    const { body } = await exchange('orders', await personToken({ scope: `payments:read ${many}` }), 'payments')
    expect((await exchange('payments', String(body['access_token']), 'ledger')).body).toMatchObject({
      error: 'invalid_request',
      error_description: expect.stringContaining('hand on') as string,
    })
  })

  it('is never one for the control plane, and is refused there', async () => {
    const token = await ownToken('storefront', 'orders')
    expect((await exchange('orders', token, 'stepgate')).body).toMatchObject({ error: 'invalid_target' })
    const { body } = await exchange('orders', token, 'payments')
    const poll = await fetch(`${gateway.url}/v1/config`, {
      headers: { authorization: `Bearer ${String(body['access_token'])}` },
    })
    expect(poll.status).toBe(401)
  })

  it('is not made for an integration, nor from a revoked token, nor about a disabled identity', async () => {
    await database.prisma.identity.create({ data: { clientId: 'partner', kind: 'integration', name: 'Partner' } })
    const secret = await createSecret(database, fleet.environmentId, 'partner')
    const token = await ownToken('storefront', 'orders')
    expect((await exchange('partner', token, 'payments', { client_secret: secret })).body['error']).toMatch(
      /invalid_request|unauthorized_client/,
    )
    expect((await exchange('partner', await personToken(), 'payments', { client_secret: secret })).body).toMatchObject({
      error: 'unauthorized_client',
    })
    const { jti = '', exp = 0 } = decodeJwt(token)
    const revoked = { environmentId: fleet.environmentId, tokenId: jti, expiresAt: new Date(exp * 1_000) }
    await database.prisma.revokedToken.create({ data: revoked })
    await publish(database, fleet.environmentId)
    await eventually(async () => (await exchange('orders', token, 'payments')).body['error'] === 'invalid_request')
    const second = await ownToken('storefront', 'orders')
    const { id } = await database.prisma.identity.findUniqueOrThrow({ where: { clientId: 'storefront' } })
    const setting = { identityId: id, environmentId: fleet.environmentId }
    await database.prisma.identitySetting.create({ data: { ...setting, disabledAt: new Date() } })
    await publish(database, fleet.environmentId)
    await eventually(async () => (await exchange('orders', second, 'payments')).body['error'] === 'invalid_request')
    await database.prisma.identitySetting.deleteMany({ where: setting })
    await publish(database, fleet.environmentId)
    await eventually(async () => (await ask('storefront', { resource: 'orders' })).status === 200)
  })

  it.each([
    ['subject_token', { subject_token: '' }, 'invalid_request'],
    ['subject_token_type', { subject_token_type: 'urn:ietf:params:oauth:token-type:saml2' }, 'invalid_request'],
    ['requested_token_type', { requested_token_type: 'urn:ietf:params:oauth:token-type:id_token' }, 'invalid_request'],
    ['actor_token', { actor_token: 'x' }, 'invalid_request'],
    ['subject_token', { grant_type: 'client_credentials' }, 'invalid_request'],
    ['service', { resource: 'nowhere' }, 'invalid_'],
    ['one service', { audience: 'ledger' }, 'invalid_target'],
  ])('with a bad %s is refused', async (name, more, error) => {
    const { status, body } = await exchange('orders', await ownToken('storefront', 'orders'), 'payments', more)
    expect(status).toBe(400)
    expect(body['error']).toMatch(error)
    expect(String(body['error_description'])).toContain(name === 'service' ? '' : name)
  })
})

/** What the token endpoint tells whoever sends a proof. */
async function currentNonce(): Promise<string> {
  const { headers } = await requestToken(gateway.url, { grant_type: 'client_credentials' }, { dpop: 'none' })
  return headers.get('dpop-nonce') ?? ''
}

describe('a token bound to a key', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = publicKey.export({ format: 'jwk' }) as JWK
  const prove = async (claims: Record<string, unknown> = {}, header: Record<string, unknown> = {}): Promise<string> =>
    new SignJWT({
      ...{ htm: 'POST', htu: TOKEN_ENDPOINT, iat: Math.floor(Date.now() / 1_000), jti: randomUUID() },
      ...{ nonce: await currentNonce(), ...claims },
    })
      .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk, ...header })
      .sign(privateKey)
  const askWith = (dpop: string) => ask('orders', { resource: 'payments' }, { dpop })

  it('says which, and is of type DPoP', async () => {
    const { body } = await askWith(await prove())
    expect(body['token_type']).toBe('DPoP')
    expect(claimsOf(body)['cnf']).toEqual({ jkt: await calculateJwkThumbprint(jwk) })
  })

  it('is issued once for a proof, however many gateways are asked at once', async () => {
    const second = await startTestGateway(database)
    const [proof, form] = [
      await prove(),
      {
        ...{ grant_type: 'client_credentials', client_id: 'orders', resource: 'payments' },
        client_secret: fleet.secrets['orders'] ?? '',
      },
    ]
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        requestToken(index % 2 === 0 ? gateway.url : second.url, form, { dpop: proof }),
      ),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(new Set(answers.filter(({ status }) => status !== 200).map(({ body }) => body['error']))).toEqual(
      new Set(['invalid_dpop_proof']),
    )
    await second.close()
  })

  it.each<[string, () => Promise<string>]>([
    ['for another method', () => prove({ htm: 'GET' })],
    ['for another path', () => prove({ htu: 'http://stepgate.test/other' })],
    ['for another host', () => prove({ htu: 'https://evil.example/oauth/token' })],
    ['with a user in its address', () => prove({ htu: 'http://a:b@stepgate.test/oauth/token' })],
    [
      'with a key on another curve',
      () => prove({}, { jwk: generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'jwk' }) }),
    ],
    ['of an hour ago', () => prove({ iat: Math.floor(Date.now() / 1_000) - 3_600 })],
    ['from the future', () => prove({ iat: Math.floor(Date.now() / 1_000) + 120 })],
    ['without an id', () => prove({ jti: '' })],
    ['of another type', () => prove({}, { typ: 'JWT' })],
    ['with a private key in it', () => prove({}, { jwk: privateKey.export({ format: 'jwk' }) })],
    [
      'with another key in it',
      () => prove({}, { jwk: generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }) }),
    ],
    ['that is two', async () => `${await prove()}, ${await prove()}`],
    ['that is none', () => Promise.resolve('proof')],
    ['that is too long', () => Promise.resolve('a'.repeat(5_000))],
  ])('is refused with a proof %s', async (_, makeProof) => {
    const { status, body } = await askWith(await makeProof())
    expect([status, body['error']]).toEqual([400, 'invalid_dpop_proof'])
  })
})

describe('a nonce', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const proveWith = (claims: Record<string, unknown>): Promise<string> =>
    new SignJWT({
      ...{ htm: 'POST', htu: TOKEN_ENDPOINT, iat: Math.floor(Date.now() / 1_000), jti: randomUUID() },
      ...claims,
    })
      .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk: publicKey.export({ format: 'jwk' }) })
      .sign(privateKey)

  it.each<[string, Record<string, unknown>]>([
    ['without one', {}],
    ['with one of somebody else', { nonce: 'AAAAAAAAAAAAAAAAAAAAAA' }],
    ['with a short one', { nonce: 'A' }],
  ])('is asked for where a proof comes %s, and told', async (_, claims) => {
    const { status, headers, body } = await ask('orders', { resource: 'payments' }, { dpop: await proveWith(claims) })
    expect([status, body['error']]).toEqual([400, 'use_dpop_nonce'])
    expect(headers.get('dpop-nonce')).toMatch(/^[\w-]{22}$/)
  })

  it('of one gateway is good on another', async () => {
    const second = await startTestGateway(database)
    const proof = await proveWith({ nonce: await currentNonce() })
    const form = { grant_type: 'client_credentials', client_id: 'orders', resource: 'payments' }
    const answer = await requestToken(
      second.url,
      { ...form, client_secret: fleet.secrets['orders'] ?? '' },
      { dpop: proof },
    )
    expect([answer.status, answer.body['token_type']]).toEqual([200, 'DPoP'])
    await second.close()
  })

  it('that is asked for is no refusal of the client', async () => {
    await ask('orders', { resource: 'payments' }, { dpop: await proveWith({}) })
    await ask('orders', { resource: 'payments', scope: 'payments:nothing' })
    const refusals = await eventually(async () => {
      const { rows } = await database.pool.query<{ detail: string }>(
        `SELECT DISTINCT detail FROM token_activity WHERE client_id = 'orders' AND event = 'refused'`,
      )
      return rows.some(({ detail }) => detail === 'invalid_scope') && rows.map(({ detail }) => detail)
    })
    expect(refusals).not.toContain('use_dpop_nonce')
  })

  it('is not told to those who send no proof', async () => {
    expect((await ask('orders', { resource: 'payments' })).headers.get('dpop-nonce')).toBeNull()
  })
})

describe('a token for the control plane', () => {
  it('is plain', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    const dpop = await new SignJWT({
      ...{ htm: 'POST', htu: TOKEN_ENDPOINT, iat: Math.floor(Date.now() / 1_000), jti: randomUUID() },
      nonce: await currentNonce(),
    })
      .setProtectedHeader({ typ: 'dpop+jwt', alg: 'EdDSA', jwk: publicKey.export({ format: 'jwk' }) })
      .sign(privateKey)
    expect((await ask('orders', { resource: 'stepgate' }, { dpop })).body).toMatchObject({
      error: 'invalid_dpop_proof',
    })
    expect((await ask('orders', { resource: 'payments' }, { dpop })).body['token_type']).toBe('DPoP')
  })
})

describe('the middleware with this gateway', () => {
  let storefront: Stepgate
  let orders: Stepgate
  let payments: Stepgate
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const { caller, subject } = request.stepgate ?? {}
    response.end(JSON.stringify({ caller, subject, scheme: request.headers.authorization?.split(' ')[0] }))
  }
  const servers: ReturnType<typeof createServer>[] = []

  const listen = async (handler: (request: IncomingMessage, response: ServerResponse) => unknown): Promise<string> => {
    const server = createServer((request, response) => void handler(request, response))
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }
  const connect = async (clientId: string, audiences: Record<string, string>): Promise<Stepgate> => {
    const key = await database.prisma.signingKey.findFirstOrThrow({
      where: { environmentId: fleet.environmentId, purpose: 'snapshot' },
    })
    const stepgate = createStepgate({
      ...{ url: gateway.url, clientId, clientSecret: fleet.secrets[clientId] ?? '', audiences, dpop: true },
      ...{ configKey: (key.publicJwk as { x: string }).x, workload: `${clientId}-tests` },
      logger: { warn: () => undefined, error: () => undefined },
    })
    await stepgate.started
    return stepgate
  }

  beforeAll(async () => {
    for (const slug of ['orders', 'payments'])
      await database.prisma.endpoint.create({
        data: {
          ...{ environmentId: fleet.environmentId, serviceId: fleet.serviceIds[slug] ?? '', source: 'manual' },
          ...{ method: 'GET', route: '/things', mode: 'enforce' },
          rule: {
            access: 'token',
            requirements: [
              { kind: 'scopes', allOf: [`${slug}:read`] },
              { kind: 'sender-constraint', anyOf: ['dpop'] },
            ],
          },
        },
      })
    await publish(database, fleet.environmentId)
    payments = await connect('payments', {})
    const paymentsUrl = await listen(guard(payments, 'GET', '/things', answer))
    orders = await connect('orders', { [paymentsUrl]: 'payments' })
    const handOn = async (request: IncomingMessage, response: ServerResponse) => {
      const inner = await orders.fetch(`${paymentsUrl}/things`, { onBehalfOf: request })
      response.writeHead(inner.status).end(await inner.text())
    }
    const ordersUrl = await listen(guard(orders, 'GET', '/things', handOn))
    storefront = await connect('storefront', { [ordersUrl]: 'orders', [paymentsUrl]: 'payments' })
    urls.orders = ordersUrl
    urls.payments = paymentsUrl
  })
  const urls = { orders: '', payments: '' }

  afterAll(async () => {
    await Promise.all([storefront.close(), orders.close(), payments.close()])
    for (const server of servers) server.close()
  })

  it('calls with tokens bound to its own key, which nobody else can use', async () => {
    const answered = await storefront.fetch(`${urls.payments}/things`)
    expect([answered.status, await answered.json()]).toEqual([
      200,
      { caller: 'storefront', subject: 'storefront', scheme: 'DPoP' },
    ])
    const { accessToken } = await storefront.getToken('payments')
    for (const scheme of ['Bearer', 'DPoP']) {
      const stolen = await fetch(`${urls.payments}/things`, { headers: { authorization: `${scheme} ${accessToken}` } })
      expect(stolen.status).toBe(401)
    }
  })

  it('acts on behalf of its caller, whom the next service sees as the subject', async () => {
    const answered = await storefront.fetch(`${urls.orders}/things`)
    expect([answered.status, await answered.json()]).toEqual([
      200,
      { caller: 'orders', subject: 'storefront', scheme: 'DPoP' },
    ])
  })
})
