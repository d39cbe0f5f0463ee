/** Refresh tokens (RFC 6749, section 6; RFC 9700, section 4.14), introspection (RFC 7662) and revocation (RFC 7009). */
import { hkdfSync, randomBytes } from 'node:crypto'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTransact } from '#lib/control/transaction.ts'
import type { ControlContext } from '#lib/control/context.ts'
import { startRefreshFamily } from '#lib/control/token/refresh/start-refresh-family.ts'
import { useRefreshToken } from '#lib/control/token/refresh/use-refresh-token.ts'
import { createTestDatabase, type TestDatabase } from '#lib/store/test-database.ts'
import type { Gateway } from '../start-gateway.ts'
import {
  createFleet,
  createSecret,
  eventually,
  grant,
  publish,
  requestToken,
  startTestGateway,
  TEST_SECRET,
  type Fleet,
  type TokenAnswer,
} from '../testing/gateway-fixture.ts'
import { LOGIN, trustLogin, type TrustedIssuer } from '../testing/trusted-issuer.ts'

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token'

let database: TestDatabase
let gateway: Gateway
let second: Gateway
let fleet: Fleet
let staging: Fleet
let personToken: TrustedIssuer['sign']
let partnerSecret: string

beforeAll(async () => {
  database = await createTestDatabase()
  fleet = await createFleet(database, { environment: 'production', services: ['orders', 'payments', 'storefront'] })
  staging = await createFleet(database, { environment: 'staging', services: ['orders'] })
  await database.prisma.identity.create({ data: { clientId: 'partner', kind: 'integration', name: 'Partner' } })
  partnerSecret = await createSecret(database, fleet.environmentId, 'partner')
  await grant(database, fleet, 'partner', 'orders', 'orders:read')
  await grant(database, fleet, 'partner', 'orders', 'orders:create')
  await grant(database, fleet, 'orders', 'payments', 'payments:read')
  await grant(database, fleet, 'storefront', 'orders', 'orders:read')
  for (const clientId of ['partner', 'orders']) await allowRefresh(clientId, { seconds: 3_600, idleSeconds: 600 })
  personToken = await trustLogin(database, fleet)
  await publish(database, fleet.environmentId)
  gateway = await startTestGateway(database)
  second = await startTestGateway(database)
})
afterAll(async () => {
  await Promise.all([gateway.close(), second.close()])
  await database.close()
})

async function allowRefresh(
  clientId: string,
  lifetimes: { seconds: number; idleSeconds: number } | null,
): Promise<void> {
  const { id: identityId } = await database.prisma.identity.findUniqueOrThrow({ where: { clientId } })
  const key = { identityId, environmentId: fleet.environmentId }
  const data = {
    refreshTokenSeconds: lifetimes?.seconds ?? null,
    refreshTokenIdleSeconds: lifetimes?.idleSeconds ?? null,
  }
  await database.prisma.identitySetting.upsert({
    where: { identityId_environmentId: key },
    create: { ...key, ...data },
    update: data,
  })
}

const secretOf = (clientId: string) => (clientId === 'partner' ? partnerSecret : (fleet.secrets[clientId] ?? ''))

const ask = (form: Record<string, string>, clientId = 'partner', url = gateway.url): Promise<TokenAnswer> =>
  requestToken(url, { client_id: clientId, client_secret: secretOf(clientId), ...form })

const begin = async (scope = 'orders:read orders:create offline_access'): Promise<string> => {
  const { body } = await ask({ grant_type: 'client_credentials', resource: 'orders', scope })
  return String(body['refresh_token'])
}

const refresh = (token: string, more: Record<string, string> = {}, clientId = 'partner', url = gateway.url) =>
  ask({ grant_type: 'refresh_token', refresh_token: token, ...more }, clientId, url)

async function post(path: string, form: Record<string, string>, clientId = 'partner'): Promise<TokenAnswer> {
  const response = await fetch(`${gateway.url}/oauth/${path}`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: clientId, client_secret: secretOf(clientId), ...form }),
  })
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  }
}
const introspect = async (token: string, clientId = 'partner') => (await post('introspect', { token }, clientId)).body

/** As if it had been used so long ago. */
const age = (seconds: number) =>
  database.pool.query(`UPDATE refresh_token SET used_at = used_at - make_interval(secs => $1)`, [seconds])

describe('a refresh token', () => {
  it('is asked for with offline_access, by those who may', async () => {
    const asked = await ask({
      grant_type: 'client_credentials',
      resource: 'orders',
      scope: 'orders:read offline_access',
    })
    expect(asked.body).toMatchObject({
      scope: 'orders:read',
      refresh_token: expect.stringMatching(/^sgr_[\w-]{43}$/) as string,
    })
    expect((await ask({ grant_type: 'client_credentials', resource: 'orders' })).body).not.toHaveProperty(
      'refresh_token',
    )
    const refused = { grant_type: 'client_credentials', resource: 'orders', scope: 'offline_access' }
    expect((await ask(refused, 'storefront')).body).toMatchObject({ error: 'invalid_scope' })
    expect((await ask({ ...refused, resource: 'stepgate' }, 'orders')).body).toMatchObject({ error: 'invalid_scope' })
  })

  it('is exchanged for the next one and an access token like the first', async () => {
    const first = await begin()
    const { status, body } = await refresh(first)
    expect(status).toBe(200)
    expect(body).toMatchObject({ token_type: 'Bearer', scope: 'orders:create orders:read' })
    expect(body['refresh_token']).not.toBe(first)
    expect(decodeJwt(String(body['access_token']))).toMatchObject({ sub: 'partner', aud: 'orders' })
    expect((await refresh(String(body['refresh_token']))).status).toBe(200)
  })

  it('gives fewer scopes when fewer are asked for, and none that were not there at the start', async () => {
    const token = await begin('orders:read offline_access')
    expect((await refresh(token, { scope: 'orders:read orders:create' })).body).toMatchObject({
      error: 'invalid_scope',
    })
    expect((await refresh(token, { resource: 'payments' })).body).toMatchObject({ error: 'invalid_target' })
    expect((await refresh(token, { scope: 'orders:read', resource: 'orders' })).body['scope']).toBe('orders:read')
  })

  it('is stored as a digest only', async () => {
    const token = await begin()
    const next = String((await refresh(token)).body['refresh_token'])
    const { rows } = await database.pool.query<{ stored: string }>(
      `SELECT string_agg(t::text, ' ') || (SELECT string_agg(f::text, ' ') FROM refresh_family f) AS stored FROM refresh_token t`,
    )
    for (const secret of [token, next]) expect(rows[0]?.stored).not.toContain(secret.slice(4))
  })

  it('is sent again when the answer was lost, and gives the same successor', async () => {
    const token = await begin()
    const [once, again] = [await refresh(token), await refresh(token, {}, 'partner', second.url)]
    expect([once.status, again.status]).toEqual([200, 200])
    expect(again.body['refresh_token']).toBe(once.body['refresh_token'])
  })

  it.each([
    ['after the time in which an answer may be lost', 0, 31],
    ['after its successor was used', 1, 0],
  ])('that is used again %s ends the session', async (_, uses, seconds) => {
    const token = await begin()
    let newest = String((await refresh(token)).body['refresh_token'])
    for (let use = 0; use < uses; use++) newest = String((await refresh(newest)).body['refresh_token'])
    await age(seconds)
    expect((await refresh(token)).body).toMatchObject({ error: 'invalid_grant' })
    expect((await refresh(newest)).body).toMatchObject({ error: 'invalid_grant' })
    const [entry] = await database.prisma.auditEntry.findMany({ orderBy: { id: 'desc' }, take: 1 })
    expect(entry).toMatchObject({ action: 'session.end', targetName: 'partner at orders', actorKind: 'system' })
  })

  it('is of no use to another client, in another environment, or when it is made up', async () => {
    const token = await begin()
    expect((await refresh(token, {}, 'orders')).body).toMatchObject({ error: 'invalid_grant' })
    const elsewhere = { client_id: 'orders', client_secret: staging.secrets['orders'] ?? '' }
    expect((await refresh(token, elsewhere)).body).toMatchObject({ error: 'invalid_grant' })
    for (const made of ['x', `sgr_${randomBytes(32).toString('base64url')}`, 'sgr_'.padEnd(5_000, 'a')])
      expect((await refresh(made)).body).toMatchObject({ error: 'invalid_grant' })
    expect((await refresh(token)).status).toBe(200)
  })

  it.each([
    ['the session has ended', `UPDATE refresh_family SET ends_at = now()`],
    ['it was not used for too long', `UPDATE refresh_token SET ends_at = now() WHERE used_at IS NULL`],
  ])('is refused when %s', async (_, statement) => {
    const token = await begin()
    await database.pool.query(statement)
    expect((await refresh(token)).body).toMatchObject({ error: 'invalid_grant' })
  })

  it('is refused once the identity may have none, or is disabled, or holds no scope of the session', async () => {
    const token = await begin('orders:create offline_access')
    const { id } = await database.prisma.identity.findUniqueOrThrow({ where: { clientId: 'partner' } })
    const scope = { name: 'orders:create' }
    const held = await database.prisma.grant.findFirstOrThrow({ where: { identityId: id, scope } })
    await database.prisma.grant.delete({ where: { id: held.id } })
    await publish(database, fleet.environmentId)
    await eventually(async () => (await refresh(token)).body['error'] === 'invalid_scope')
    await database.prisma.grant.create({ data: held })
    await allowRefresh('partner', null)
    await publish(database, fleet.environmentId)
    await eventually(async () => String((await refresh(token)).body['error_description']).includes('no refresh tokens'))
    await allowRefresh('partner', { seconds: 3_600, idleSeconds: 600 })
    await publish(database, fleet.environmentId)
    await eventually(async () => (await refresh(token)).status === 200)
  })

  it('of which fifty requests at once want the next, on two gateways, has one successor', async () => {
    for (let round = 0; round < 4; round++) {
      const token = await begin()
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, index) =>
          refresh(token, {}, 'partner', index % 2 === 0 ? gateway.url : second.url),
        ),
      )
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
      expect(new Set(answers.map(({ body }) => body['refresh_token'])).size).toBe(1)
      await age(31)
      expect((await refresh(token)).body).toMatchObject({ error: 'invalid_grant' })
      expect((await refresh(String(answers[0]?.body['refresh_token']))).body).toMatchObject({ error: 'invalid_grant' })
    }
  })

  it('has one successor in each of 200 rounds of 50, and each reuse ends its session', async () => {
    const ctx = { pool: database.pool, transact: createTransact(database.prisma) } as ControlContext
    const context = { ...ctx, refreshKey: Buffer.from(hkdfSync('sha256', TEST_SECRET, '', 'another', 32)) }
    const { id: identityId } = await database.prisma.identity.findUniqueOrThrow({ where: { clientId: 'partner' } })
    const start = { environmentId: fleet.environmentId, identityId, audience: 'orders', scopes: [], subject: null }
    let [successors, ended] = [0, 0]
    for (let round = 0; round < 200; round++) {
      const token = await startRefreshFamily(database.pool, { ...start, lifetimes: { seconds: 600, idleSeconds: 300 } })
      const uses = await Promise.all(Array.from({ length: 50 }, () => useRefreshToken(context, token)))
      const next = new Set(uses.map((use) => (use.outcome === 'refreshed' ? use.successor : use.outcome)))
      successors += next.size
      const [successor = ''] = next
      await useRefreshToken(context, successor)
      const reuse = await useRefreshToken(context, token)
      const after = await useRefreshToken(context, successor)
      if (reuse.outcome === 'reused' && after.outcome === 'over') ended++
    }
    expect([successors, ended]).toEqual([200, 200])
  })
})

describe('a session of a person', () => {
  const exchange = async (subject: string, scope = 'payments:read offline_access') =>
    ask(
      { grant_type: EXCHANGE, subject_token: subject, subject_token_type: ACCESS_TOKEN, resource: 'payments', scope },
      'orders',
    )

  it('goes on after the token it was begun with, for the same person and actor', async () => {
    const { body } = await exchange(await personToken())
    const answer = await refresh(String(body['refresh_token']), {}, 'orders')
    expect(answer.body).toMatchObject({ scope: 'payments:read', expires_in: 900 })
    expect(decodeJwt(String(answer.body['access_token']))).toMatchObject({
      ...{ sub: 'ada', client_id: 'orders', aud: 'payments', act: { sub: 'orders' } },
      sub_id: { format: 'iss_sub', iss: LOGIN, sub: 'ada' },
    })
  })

  it('is not begun for a service', async () => {
    const own = await ask({ grant_type: 'client_credentials', resource: 'orders' }, 'storefront')
    await grant(database, fleet, 'storefront', 'payments', 'payments:read')
    await publish(database, fleet.environmentId)
    const { body } = await eventually(async () => {
      const answer = await exchange(String(own.body['access_token']))
      return String(answer.body['error_description']).includes('sessions of people') && answer
    })
    expect(body).toMatchObject({ error: 'invalid_scope' })
  })

  it('ends when the issuer of the person is trusted no more', async () => {
    const { body } = await exchange(await personToken())
    const issuer = await database.prisma.issuer.delete({
      where: { environmentId_name: { environmentId: fleet.environmentId, name: 'login' } },
    })
    expect((await refresh(String(body['refresh_token']), {}, 'orders')).body).toMatchObject({ error: 'invalid_grant' })
    await database.prisma.issuer.create({ data: { ...issuer, keys: issuer.keys ?? [], claimScopes: [] } })
  })
})

describe('introspection', () => {
  it('tells the holder and the service it is for what an access token says', async () => {
    const { body } = await ask({ grant_type: 'client_credentials', resource: 'orders' })
    const token = String(body['access_token'])
    for (const clientId of ['partner', 'orders'])
      expect(await introspect(token, clientId)).toMatchObject({
        ...{ active: true, client_id: 'partner', sub: 'partner', aud: 'orders', token_type: 'Bearer' },
        ...{ iss: 'http://stepgate.test/e/production', scope: 'orders:create orders:read', jti: decodeJwt(token).jti },
      })
  })

  it('tells others nothing, as of a token that is none', async () => {
    const { body } = await ask({ grant_type: 'client_credentials', resource: 'orders' })
    const token = String(body['access_token'])
    const [header = '', payload = ''] = token.split('.')
    for (const other of [token, 'none', `${header}.${payload}.AAAA`, 'sgr_none', await begin()])
      expect(await introspect(other, 'storefront')).toEqual({ active: false })
    expect(await introspect(`${header}.${payload}.${'A'.repeat(86)}`)).toEqual({ active: false })
  })

  it('tells the holder about a refresh token, until it is used', async () => {
    const token = await begin('orders:read offline_access')
    expect(await introspect(token)).toMatchObject({
      active: true,
      client_id: 'partner',
      aud: 'orders',
      scope: 'orders:read',
    })
    const next = String((await refresh(token)).body['refresh_token'])
    expect(await introspect(token)).toEqual({ active: false })
    expect(await introspect(next)).toMatchObject({ active: true })
  })

  it('needs a client and a token', async () => {
    expect((await post('introspect', { token: 'x', client_secret: 'wrong' })).status).toBe(401)
    expect((await post('introspect', {})).body).toMatchObject({ error: 'invalid_request' })
  })
})

describe('revocation', () => {
  it('of a refresh token ends the session', async () => {
    const token = await begin()
    const next = String((await refresh(token)).body['refresh_token'])
    expect((await post('revoke', { token: next, token_type_hint: 'access_token' })).status).toBe(200)
    expect((await refresh(next)).body).toMatchObject({ error: 'invalid_grant' })
    const [entry] = await database.prisma.auditEntry.findMany({ orderBy: { id: 'desc' }, take: 1 })
    expect(entry).toMatchObject({ action: 'session.end', actorKind: 'identity', actorName: 'partner' })
  })

  it('of an access token reaches every service with the next revision', async () => {
    const { body } = await ask({ grant_type: 'client_credentials', resource: 'orders' })
    const token = String(body['access_token'])
    expect((await post('revoke', { token })).status).toBe(200)
    const jti = decodeJwt(token).jti
    const [snapshot] = await database.prisma.serviceSnapshot.findMany({
      where: { environmentId: fleet.environmentId, serviceId: fleet.serviceIds['orders'] ?? '' },
      orderBy: { revision: 'desc' },
      take: 1,
    })
    expect(JSON.parse(snapshot?.body ?? '{}')).toMatchObject({ revokedTokens: [{ jti }] })
    expect(await eventually(async () => (await introspect(token))['active'] === false)).toBe(true)
    expect((await post('revoke', { token })).status).toBe(200)
  })

  it('of another client’s token does nothing, and says no more than of one that does not exist', async () => {
    const { body } = await ask({ grant_type: 'client_credentials', resource: 'orders' })
    const [token, session] = [String(body['access_token']), await begin()]
    for (const other of [token, session, 'none'])
      expect(await post('revoke', { token: other }, 'orders')).toMatchObject({ status: 200, body: {} })
    expect(await introspect(token)).toMatchObject({ active: true })
    expect(await introspect(session)).toMatchObject({ active: true })
  })

  it('of more tokens than services should be told of is refused', async () => {
    await database.prisma.revokedToken.createMany({
      data: Array.from({ length: 200 }, (_, index) => ({
        ...{ environmentId: fleet.environmentId, tokenId: `given-back-${index}`, revokedBy: 'partner' },
        expiresAt: new Date(Date.now() + 600_000),
      })),
    })
    const { body } = await ask({ grant_type: 'client_credentials', resource: 'orders' })
    expect(await post('revoke', { token: String(body['access_token']) })).toMatchObject({ status: 429 })
  })
})

it('counts what became of requests by client, in each environment that it concerns', async () => {
  await ask({ grant_type: 'client_credentials', resource: 'orders', client_secret: 'wrong' })
  const expected = [
    ...['issued client_credentials', 'issued refresh_token', 'reused invalid_grant', 'refused invalid_grant'],
    ...['revoked refresh_token', 'revoked access_token', 'refused invalid_client'],
  ]
  // Each gateway writes what it counted every second.
  const counts = await eventually(async () => {
    const { rows } = await database.pool.query<{ happened: string; count: string }>(
      `SELECT event || ' ' || detail AS happened, sum(count) AS count FROM token_activity
       WHERE client_id = 'partner' AND environment_id = $1 GROUP BY 1`,
      [fleet.environmentId],
    )
    const happened = new Set(rows.map((row) => row.happened))
    return expected.every((each) => happened.has(each)) && rows
  })
  for (const { happened, count } of counts) expect(Number(count), happened).toBeGreaterThan(0)
})
