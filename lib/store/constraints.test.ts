import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

let database: TestDatabase
let environmentId: string
let otherEnvironmentId: string
let serviceId: string
let identityId: string
beforeAll(async () => {
  database = await createTestDatabase()
  const { prisma } = database
  environmentId = (await prisma.environment.create({ data: { slug: 'production', name: 'Production' } })).id
  otherEnvironmentId = (await prisma.environment.create({ data: { slug: 'staging', name: 'Staging' } })).id
  serviceId = (await prisma.service.create({ data: { slug: 'orders', name: 'Orders' } })).id
  identityId = (
    await prisma.identity.create({ data: { clientId: 'orders', kind: 'service', name: 'Orders', serviceId } })
  ).id
})
afterAll(() => database.close())

const secretOf = (id = identityId) => ({
  identityId: id,
  environmentId,
  kind: 'client_secret' as const,
  name: 'n',
  secretHash: randomBytes(32),
  secretHint: 'abcd',
  createdBy: 'test',
})

describe('names', () => {
  test.each(['Orders', 'orders_', '1orders', 'orders--x', 'a', 'stepgate', 'ürders'])(
    'refuse the slug %s',
    async (slug) => {
      await expect(database.prisma.service.create({ data: { slug, name: `Name of ${slug}` } })).rejects.toThrow(
        'service_slug',
      )
    },
  )

  test.each(['ORDERS', 'Ｏrders', 'orders'])('refuse %s beside Orders, which looks or reads the same', async (name) => {
    await expect(database.prisma.service.create({ data: { slug: 'other', name } })).rejects.toThrow()
    expect(await database.prisma.service.count({ where: { slug: 'other' } })).toBe(0)
  })

  test('refuse a decomposed Unicode form', async () => {
    await expect(database.prisma.environment.create({ data: { slug: 'cafe', name: 'Cafe\u0301' } })).rejects.toThrow(
      'environment_name_check',
    )
  })

  test('refuse two accounts whose addresses differ in case', async () => {
    const account = { name: 'A', role: 'viewer' as const }
    await database.prisma.account.create({ data: { ...account, email: 'ann@example.com' } })
    await expect(database.prisma.account.create({ data: { ...account, email: 'Ann@Example.com' } })).rejects.toThrow()
  })

  test('refuse to rename what tokens and snapshots name', async () => {
    await expect(
      database.prisma.service.update({ where: { id: serviceId }, data: { slug: 'renamed' } }),
    ).rejects.toThrow('cannot change')
    await expect(
      database.prisma.environment.update({ where: { id: environmentId }, data: { slug: 'renamed' } }),
    ).rejects.toThrow('cannot change')
  })

  test('refuse an identity of a service under another client_id', async () => {
    const payments = await database.prisma.service.create({ data: { slug: 'payments', name: 'Payments' } })
    const data = { clientId: 'refunds', kind: 'service' as const, name: 'Refunds', serviceId: payments.id }
    await expect(database.prisma.identity.create({ data })).rejects.toThrow('client_id')
    await expect(database.prisma.identity.create({ data: { ...data, serviceId: null } })).rejects.toThrow(
      'identity_kind_check',
    )
  })
})

describe('values', () => {
  const endpoint = () => ({ environmentId, serviceId, method: 'GET', route: '/orders', source: 'manual' as const })

  test.each([{ percent: 0 }, { percent: 101 }, { method: 'get' }, { route: 'orders' }, { rule: [] }])(
    'refuse an endpoint with %j',
    async (wrong) => {
      await expect(database.prisma.endpoint.create({ data: { ...endpoint(), ...wrong } })).rejects.toThrow('endpoint_')
    },
  )

  test.each([29, 86_401])('refuse a token lifetime of %i seconds', async (tokenLifetimeSeconds) => {
    const setting = { identityId, environmentId, tokenLifetimeSeconds, tokenLifetimeReason: 'because' }
    await expect(database.prisma.identitySetting.create({ data: setting })).rejects.toThrow('token_lifetime_check')
  })

  test('ask for a reason for a lifetime above an hour', async () => {
    const setting = { identityId, environmentId, tokenLifetimeSeconds: 7_200 }
    await expect(
      database.prisma.identitySetting.create({ data: { ...setting, tokenLifetimeReason: '  ' } }),
    ).rejects.toThrow('reason_check')
    await database.prisma.identitySetting.create({ data: { ...setting, tokenLifetimeReason: 'nightly export' } })
  })

  test('refuse a revision that goes back within an epoch', async () => {
    const where = { id: otherEnvironmentId }
    await database.prisma.environment.update({ where, data: { revision: 5 } })
    await expect(database.prisma.environment.update({ where, data: { revision: 4 } })).rejects.toThrow(
      'cannot become 4',
    )
    await database.prisma.environment.update({ where, data: { revision: 0, epoch: crypto.randomUUID() } })
  })
})

describe('credentials', () => {
  test('refuse columns of another kind, and private keys', async () => {
    await expect(database.prisma.credential.create({ data: { ...secretOf(), keyId: 'k' } })).rejects.toThrow(
      'credential_kind_check',
    )
    await expect(
      database.prisma.credential.create({ data: { ...secretOf(), secretHash: randomBytes(20) } }),
    ).rejects.toThrow('secret_hash_check')
    const { secretHash: _hash, secretHint: _hint, ...rest } = secretOf()
    const key = { ...rest, kind: 'public_key' as const, keyId: 'k', publicJwk: { kty: 'OKP', x: 'x', d: 'private' } }
    await expect(database.prisma.credential.create({ data: key })).rejects.toThrow('public_jwk_check')
  })

  test('allow two live ones at most, however many are added at once', async () => {
    const partner = await database.prisma.identity.create({
      data: { clientId: 'partner', kind: 'integration', name: 'Partner' },
    })
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, () => database.prisma.credential.create({ data: secretOf(partner.id) })),
    )
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(2)
    const [first] = await database.prisma.credential.findMany({ where: { identityId: partner.id } })
    await database.prisma.credential.update({ where: { id: first!.id }, data: { revokedAt: new Date() } })
    await database.prisma.credential.create({ data: secretOf(partner.id) })
    await expect(
      database.prisma.credential.update({ where: { id: first!.id }, data: { revokedAt: null } }),
    ).rejects.toThrow('two live credentials')
    await database.prisma.credential.create({ data: { ...secretOf(partner.id), expiresAt: new Date(0) } })
    await database.prisma.credential.create({ data: { ...secretOf(partner.id), environmentId: otherEnvironmentId } })
  })

  test('allow one current signing key per purpose', async () => {
    const key = (keyId: string, purpose: 'token' | 'snapshot' = 'token') => ({
      environmentId,
      purpose,
      status: 'current' as const,
      keyId,
      publicJwk: { kty: 'OKP' },
      privateKeyEncrypted: randomBytes(60),
    })
    await database.prisma.signingKey.create({ data: key('a') })
    await database.prisma.signingKey.create({ data: key('b', 'snapshot') })
    await expect(database.prisma.signingKey.create({ data: key('c') })).rejects.toThrow()
  })
})

describe('environments', () => {
  test('do not mix: a change of mode names the environment of its endpoint', async () => {
    const endpoint = await database.prisma.endpoint.create({
      data: { environmentId, serviceId, method: 'POST', route: '/orders', source: 'manual' },
    })
    const change = {
      endpointId: endpoint.id,
      revision: 1,
      fromMode: 'off' as const,
      fromPercent: 100,
      toMode: 'enforce' as const,
      toPercent: 10,
      forecast: {},
      actorName: 'A',
    }
    await expect(
      database.prisma.modeChange.create({ data: { ...change, environmentId: otherEnvironmentId } }),
    ).rejects.toThrow()
    await database.prisma.modeChange.create({ data: { ...change, environmentId } })
  })

  test('keep published snapshots as they were signed', async () => {
    await database.prisma.revision.create({ data: { environmentId, number: 1, summary: 's', actorName: 'A' } })
    const snapshot = { environmentId, serviceId, revision: 1 }
    await database.prisma.serviceSnapshot.create({ data: { ...snapshot, body: '{}', contentHash: randomBytes(32) } })
    const where = { environmentId_serviceId_revision: snapshot }
    await expect(database.prisma.serviceSnapshot.update({ where, data: { body: '[]' } })).rejects.toThrow(
      'cannot change',
    )
  })
})
