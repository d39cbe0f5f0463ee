import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { parseSnapshot } from '#lib/policy/parse-snapshot.ts'
import { createTestDatabase, type TestDatabase } from '#lib/store/test-database.ts'
import { createKeyCipher } from '../signing-key/key-cipher.ts'
import { ensureSigningKeys } from '../signing-key/ensure-signing-keys.ts'
import { retireSigningKeys } from '../signing-key/retire-signing-keys.ts'
import { rotateSigningKey } from '../signing-key/rotate-signing-key.ts'
import { revokeToken } from '../token/revoke-token.ts'
import { publishRevision, REVISION_CHANNEL } from './publish-revision.ts'

const cipher = createKeyCipher('a secret of tests, long enough to be one')
let database: TestDatabase
let environmentId: string
const serviceIds: Record<string, string> = {}

beforeAll(async () => {
  database = await createTestDatabase()
  for (const slug of ['orders', 'payments'])
    serviceIds[slug] = (await database.prisma.service.create({ data: { slug, name: slug } })).id
})
afterAll(() => database.close())

beforeEach(async () => {
  const slug = `env-${randomUUID().slice(0, 8)}`
  environmentId = (await database.prisma.environment.create({ data: { slug, name: slug } })).id
  await database.prisma.$transaction((tx) => ensureSigningKeys(tx, environmentId, cipher))
})

const publish = () =>
  database.prisma.$transaction((tx) => publishRevision(tx, { environmentId, summary: 'test', actorName: 'test' }))

const addEndpoint = (route: string, data: object = {}, service = 'orders') =>
  database.prisma.endpoint.create({
    data: { environmentId, serviceId: serviceIds[service] ?? '', method: 'GET', route, source: 'manual', ...data },
  })

const newest = async (service = 'orders') => {
  const { body, revision } = await database.prisma.serviceSnapshot.findFirstOrThrow({
    where: { environmentId, serviceId: serviceIds[service] ?? '' },
    orderBy: { revision: 'desc' },
  })
  return { snapshot: parseSnapshot(body), body, revision }
}

const keysOf = (purpose: 'token' | 'snapshot') =>
  database.prisma.signingKey.findMany({ where: { environmentId, purpose }, orderBy: { createdAt: 'asc' } })

describe('a publication', () => {
  test('stores each service’s snapshot, numbered, as exact text', async () => {
    await addEndpoint('/orders', {
      mode: 'enforce',
      percent: 10,
      rule: { access: 'token', requirements: [{ kind: 'scopes', allOf: ['orders:read'] }] },
    })
    expect(await publish()).toEqual({ number: 1, changedServices: ['orders', 'payments'] })
    const { snapshot, body } = await newest()
    expect(snapshot).toMatchObject({
      revision: 1,
      service: 'orders',
      undeclaredMode: 'off',
      issuers: [{ kind: 'stepgate', audience: 'orders', issuer: expect.stringMatching(/\/e\/env-/) as string }],
    })
    expect(snapshot.endpoints).toMatchObject([
      { route: '/orders', mode: 'enforce', percent: 10, rule: { requirements: [{ allOf: ['orders:read'] }] } },
    ])
    expect(body).not.toContain('"d"')
    expect(Date.parse(snapshot.publishedAt)).toBeGreaterThan(Date.now() - 60_000)
  })

  test('that changes nothing keeps the revision', async () => {
    await publish()
    expect(await publish()).toEqual({ number: 1, changedServices: [] })
    expect(await database.prisma.revision.count({ where: { environmentId } })).toBe(1)
  })

  test('changes only the services it is about; the others keep the revision they had', async () => {
    await publish()
    await addEndpoint('/payments', {}, 'payments')
    expect(await publish()).toEqual({ number: 2, changedServices: ['payments'] })
    expect([(await newest()).revision, (await newest('payments')).revision]).toEqual([1, 2])
  })

  test('publishes an endpoint without a rule with the default one', async () => {
    await addEndpoint('/undecided', { mode: 'log_only' })
    await publish()
    expect((await newest()).snapshot.endpoints).toMatchObject([
      { mode: 'log-only', percent: 100, rule: { access: 'token', requirements: [] } },
    ])
  })

  test('carries disabled identities, revoked tokens, trusted issuers and the mode of undeclared routes', async () => {
    const identity = await database.prisma.identity.create({
      data: { clientId: `partner-${randomUUID().slice(0, 6)}`, name: randomUUID(), kind: 'integration' },
    })
    await database.prisma.identitySetting.create({
      data: { identityId: identity.id, environmentId, disabledAt: new Date() },
    })
    await database.prisma.serviceSetting.create({
      data: { serviceId: serviceIds['orders'] ?? '', environmentId, undeclaredMode: 'log_only' },
    })
    const jwk = { kid: 'k1', kty: 'EC', alg: 'ES256', crv: 'P-256', x: 'eA', y: 'eQ' }
    await database.prisma.issuer.create({
      data: {
        environmentId,
        name: 'people',
        issuer: 'https://people.example',
        audience: 'shop',
        jwksUri: 'https://people.example/jwks',
        keys: [jwk],
      },
    })
    await database.prisma.revokedToken.create({
      data: { environmentId, tokenId: 'long-expired', expiresAt: new Date(Date.now() - 3_600_000) },
    })
    await database.prisma.$transaction((tx) =>
      revokeToken(tx, { environmentId, tokenId: 'stolen-token', actorName: 'test' }),
    )
    const { snapshot } = await newest()
    expect(snapshot).toMatchObject({
      undeclaredMode: 'log-only',
      disabledIdentities: [identity.clientId],
      revokedTokens: [{ jti: 'stolen-token' }],
    })
    expect(snapshot.issuers[1]).toEqual({
      issuer: 'https://people.example',
      name: 'people',
      kind: 'oidc',
      audience: 'shop',
      scopeClaim: 'scope',
      claimScopes: [],
      keys: [jwk],
    })
  })

  test('of many at once is one after the other, and the last has everything', async () => {
    await publish()
    const change = (index: number) =>
      database.prisma.$transaction(
        async (tx) => {
          await tx.endpoint.create({
            data: {
              environmentId,
              serviceId: serviceIds['orders'] ?? '',
              method: 'GET',
              route: `/r${index}`,
              source: 'manual',
            },
          })
          return publishRevision(tx, { environmentId, summary: 'test', actorName: 'test' })
        },
        { timeout: 20_000, maxWait: 20_000 },
      )
    const numbers = (await Promise.all(Array.from({ length: 12 }, (_, index) => change(index)))).map(
      ({ number }) => number,
    )
    expect(new Set(numbers).size).toBe(12)
    expect((await newest()).snapshot.endpoints).toHaveLength(12)
    expect((await newest()).revision).toBe(13)
  })

  test('that is rolled back leaves nothing', async () => {
    const failed = database.prisma.$transaction(async (tx) => {
      await publishRevision(tx, { environmentId, summary: 'test', actorName: 'test' })
      throw new Error('later')
    })
    await expect(failed).rejects.toThrow('later')
    expect(await database.prisma.revision.count({ where: { environmentId } })).toBe(0)
    expect((await database.prisma.environment.findUniqueOrThrow({ where: { id: environmentId } })).revision).toBe(0)
  })

  test('is told after the commit: each changed service, or nobody in particular', async () => {
    const listener = new pg.Client(database.url)
    await listener.connect()
    const heard: string[] = []
    listener.on('notification', ({ payload = '' }) => {
      if (payload.startsWith(environmentId)) heard.push(payload.slice(environmentId.length))
    })
    await listener.query(`LISTEN ${REVISION_CHANNEL}`)
    await publish()
    await publish()
    await listener.query('SELECT 1')
    expect(heard).toEqual([':orders:1', ':payments:1', '::1'])
    await listener.end()
  })

  test('of an unknown environment is refused', async () => {
    await expect(
      database.prisma.$transaction((tx) =>
        publishRevision(tx, { environmentId: randomUUID(), summary: '', actorName: '' }),
      ),
    ).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('signing keys', () => {
  test('are made once, however often they are asked for', async () => {
    await Promise.all(
      Array.from({ length: 4 }, () =>
        database.prisma.$transaction((tx) => ensureSigningKeys(tx, environmentId, cipher)),
      ),
    )
    expect((await keysOf('token')).map(({ status }) => status).sort()).toEqual(['current', 'next'])
    expect((await keysOf('snapshot')).map(({ status }) => status)).toEqual(['current'])
  })

  test('of tokens rotate to the one that is published already, and stay until no token of theirs can live', async () => {
    const before = await keysOf('token')
    const next = before.find(({ status }) => status === 'next')
    await publish()
    await database.prisma.$transaction((tx) =>
      rotateSigningKey(tx, { environmentId, purpose: 'token', actorName: 'test' }, cipher),
    )
    const after = await keysOf('token')
    expect(after.find(({ status }) => status === 'current')?.keyId).toBe(next?.keyId)
    expect(after.map(({ status }) => status).sort()).toEqual(['current', 'next', 'previous'])
    expect((await newest()).snapshot.issuers[0]?.keys).toHaveLength(3)
    const dayLater = new Date(Date.now() + 86_400_000 + 120_000)
    await database.prisma.$transaction((tx) => retireSigningKeys(tx, environmentId, new Date()))
    expect((await newest()).snapshot.issuers[0]?.keys).toHaveLength(3)
    await database.prisma.$transaction((tx) => retireSigningKeys(tx, environmentId, dayLater))
    expect((await newest()).snapshot.issuers[0]?.keys).toHaveLength(2)
  })

  test('of tokens do not rotate while a live instance does not know the next one', async () => {
    await publish()
    const instance = {
      environmentId,
      serviceId: serviceIds['orders'] ?? '',
      startedAt: new Date(),
      lastSeenAt: new Date(),
      revision: 0,
      epoch: randomUUID(),
    }
    await database.prisma.instance.create({ data: { id: randomUUID(), ...instance } })
    const rotate = (force: boolean) =>
      database.prisma.$transaction((tx) =>
        rotateSigningKey(tx, { environmentId, purpose: 'token', actorName: 'test', force }, cipher),
      )
    await expect(rotate(false)).rejects.toMatchObject({ code: 'conflict' })
    await expect(rotate(true)).resolves.toBeUndefined()
  })

  test('of snapshots sign beside each other until the following rotation', async () => {
    const rotate = () =>
      database.prisma.$transaction((tx) =>
        rotateSigningKey(tx, { environmentId, purpose: 'snapshot', actorName: 'test' }, cipher),
      )
    await rotate()
    expect((await keysOf('snapshot')).map(({ status }) => status)).toEqual(['previous', 'current'])
    await rotate()
    expect((await keysOf('snapshot')).map(({ status }) => status)).toEqual(['revoked', 'previous', 'current'])
  })

  test('open with their secret, for their own row and purpose alone', async () => {
    const sealed = cipher.encrypt(Buffer.from('private'), { keyId: 'a', purpose: 'token' })
    expect(cipher.decrypt(sealed, { keyId: 'a', purpose: 'token' }).toString()).toBe('private')
    expect(Buffer.from(sealed).includes('private')).toBe(false)
    const others = [
      () => cipher.decrypt(sealed, { keyId: 'b', purpose: 'token' }),
      () => cipher.decrypt(sealed, { keyId: 'a', purpose: 'snapshot' }),
      () =>
        cipher.decrypt(
          sealed.map((byte, index) => (index === 20 ? byte ^ 1 : byte)),
          { keyId: 'a', purpose: 'token' },
        ),
      () => cipher.decrypt(sealed.subarray(0, 10), { keyId: 'a', purpose: 'token' }),
      () =>
        createKeyCipher('another secret, also long enough to be one').decrypt(sealed, { keyId: 'a', purpose: 'token' }),
    ]
    for (const open of others) expect(open).toThrow('STEPGATE_SECRET is not the one')
  })

  test('need a secret of some length', () => {
    expect(() => createKeyCipher('short')).toThrow('STEPGATE_SECRET must have at least 32 bytes')
  })
})
