import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { randomUUID } from 'node:crypto'
import { exportJWK, generateKeyPair } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { makeDecisionFixture } from '#lib/control/decision/decision-fixture.ts'
import { createTestDatabase, type TestDatabase } from '#lib/store/test-database.ts'
import { keepPartitions, removeExpired } from './clean-up.ts'
import { refreshIssuers } from './refresh-issuers.ts'
import { startWorker } from './start-worker.ts'

const SETTINGS = {
  logLevel: 'silent',
  secretSource: { value: 'a secret of tests, long enough to be one' },
  previousSecretSource: null,
} as const

/** However busy the machine is. */
const WAIT = { timeout: 50_000 }

let database: TestDatabase
let provider: Server
let issuerUrl = ''
let answer: (path: string) => { status: number; body: string }

beforeAll(async () => {
  database = await createTestDatabase()
  await database.prisma.installation.update({ where: { id: 1 }, data: { publicUrl: 'https://stepgate.example' } })
  provider = createServer((request, response) => {
    const { status, body } = answer(request.url ?? '')
    response.writeHead(status, { 'content-type': 'application/json' }).end(body)
  })
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve))
  issuerUrl = `http://127.0.0.1:${String((provider.address() as AddressInfo).port)}`
})
afterAll(async () => {
  provider.close()
  await database.close()
})

const json = (value: unknown) => ({ status: 200, body: JSON.stringify(value) })

async function makeIssuer() {
  const environment = await database.prisma.environment.create({
    data: { slug: `env-${randomUUID().slice(0, 8)}`, name: randomUUID() },
  })
  await database.prisma.service.create({ data: { slug: `svc-${randomUUID().slice(0, 8)}`, name: randomUUID() } })
  return database.prisma.issuer.create({
    data: {
      environmentId: environment.id,
      name: 'staff',
      issuer: issuerUrl,
      audience: 'api',
      jwksUri: `${issuerUrl}/keys`,
    },
  })
}

describe('keys of issuers', () => {
  beforeEach(() => database.prisma.issuer.deleteMany())

  test('are learned, published and audited, without private members and without kinds nobody verifies', async () => {
    const [ec, p384] = await Promise.all([
      generateKeyPair('ES256', { extractable: true }),
      generateKeyPair('ES384', { extractable: true }),
    ])
    const keys = [
      { ...(await exportJWK(ec.privateKey)), kid: 'one', use: 'sig' },
      { ...(await exportJWK(p384.publicKey)), kid: 'two' },
    ]
    answer = () => json({ keys })
    const issuer = await makeIssuer()
    await refreshIssuers(database.prisma)
    const stored = await database.prisma.issuer.findUniqueOrThrow({
      where: { id: issuer.id },
      include: { environment: true },
    })
    expect(stored.keys).toEqual([{ kty: 'EC', crv: 'P-256', x: keys[0]?.x, y: keys[0]?.y, kid: 'one', alg: 'ES256' }])
    expect(stored.environment.revision).toBe(1)
    expect(await database.prisma.auditEntry.findFirst({ where: { targetId: issuer.id } })).toMatchObject({
      action: 'issuer.refresh-keys',
      actorName: 'worker',
    })
    await refreshIssuers(database.prisma)
    expect(await database.prisma.auditEntry.count({ where: { targetId: issuer.id } })).toBe(1)
  })

  test.each([
    ['an error', { status: 500, body: '' }, 'answered 500'],
    ['HTML', { status: 200, body: '<html>' }, 'did not answer JSON'],
    ['another document', { status: 200, body: '{}' }, 'did not answer a key set'],
    ['no usable key', { status: 200, body: '{"keys":[{"kty":"oct","k":"AA"}]}' }, 'no usable key'],
    ['too much', { status: 200, body: `{"keys":[],"x":"${'y'.repeat(300_000)}"}` }, 'more than 256 KiB'],
  ])('stay as they were after %s, and the issuer says why', async (_, given, sentence) => {
    const issuer = await makeIssuer()
    await database.prisma.issuer.update({ where: { id: issuer.id }, data: { keys: [{ kid: 'kept' }] } })
    answer = () => given
    await refreshIssuers(database.prisma)
    const stored = await database.prisma.issuer.findUniqueOrThrow({ where: { id: issuer.id } })
    expect(stored.keys).toEqual([{ kid: 'kept' }])
    expect(stored.refreshError).toContain(sentence)
  })
})

describe('keeping the house', () => {
  test('days ahead exist and days past their retention are dropped', async () => {
    await database.pool.query(`SELECT ensure_decision_partitions(current_date - 20, current_date - 15)`)
    await keepPartitions(database.pool)
    const { rows } = await database.pool.query<{ days: number }>(
      `SELECT (to_date(substring(c.relname FROM 17 FOR 8), 'YYYYMMDD') - current_date) AS days FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'decision_minute'::regclass`,
    )
    const days = rows.map((row) => row.days)
    expect(Math.max(...days)).toBeGreaterThanOrEqual(7)
    expect(Math.min(...days)).toBeGreaterThanOrEqual(-14)
  })

  test('what has ended is removed, by a role that may', async () => {
    await database.prisma.setupLink.create({
      data: {
        tokenHash: Buffer.from(randomUUID().replaceAll('-', '')),
        role: 'viewer',
        expiresAt: new Date(0),
        createdBy: 'test',
      },
    })
    await removeExpired(database.pool)
    expect(await database.prisma.setupLink.count()).toBe(0)
  })

  test('a lowered gate that undoes itself is lifted while a worker runs', async () => {
    const { environment, addEndpoint, record } = await makeDecisionFixture(database)
    const endpoint = await addEndpoint('/refunds', null, 'enforce')
    const gates = { fromMode: 'log_only', fromPercent: 100, toMode: 'enforce', toPercent: 100 } as const
    await database.prisma.modeChange.create({
      data: {
        ...gates,
        environmentId: environment.id,
        endpointId: endpoint.id,
        revision: 1,
        forecast: { requests: 10, wouldDeny: 0, windowHours: 168, callers: [] },
        undoFromDenials: 2,
        actorName: 'Ada',
      },
    })
    await record({ caller: 'stranger', outcome: 'denied', reason: 'scope-missing', mode: 'enforce', count: 2 })
    const worker = await startWorker({ settings: SETTINGS, database })
    const modeOf = async () => (await database.prisma.endpoint.findUniqueOrThrow({ where: { id: endpoint.id } })).mode
    await vi.waitFor(async () => expect(await modeOf()).toBe('log_only'), WAIT).finally(worker.close)
    expect(await database.prisma.auditEntry.count({ where: { targetId: endpoint.id, actorKind: 'system' } })).toBe(1)
  })

  test('one worker leads; the next one takes over when it stops', async () => {
    const [first, second] = await Promise.all([
      startWorker({ settings: SETTINGS, database }),
      startWorker({ settings: SETTINGS, database }),
    ])
    const leaders = async () =>
      (
        await database.pool.query(
          `SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE locktype = 'advisory' AND d.datname = current_database() AND l.classid = 1 AND l.granted`,
        )
      ).rowCount
    await vi.waitFor(async () => expect(await leaders()).toBe(1), WAIT)
    await first.close()
    await vi.waitFor(async () => expect(await leaders()).toBe(1), WAIT)
    await second.close()
    expect(await leaders()).toBe(0)
  })
})
