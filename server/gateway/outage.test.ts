import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { batchKey } from '#lib/control/decision/decision-ingest.ts'
import { openDatabase } from '#lib/store/database.ts'
import { createTestDatabase, type TestDatabase } from '#lib/store/test-database.ts'
import type { DecisionReceipt } from '#lib/contract/machine.ts'
import { createLogger } from './http/create-logger.ts'
import { startGateway, type Gateway } from './start-gateway.ts'
import {
  createFleet,
  eventually,
  machineToken,
  publish,
  requestToken,
  startTestGateway,
  testSettings,
  type Fleet,
} from './testing/gateway-fixture.ts'

/** A wire to the database that can be cut, held silent, and cut after the database has answered. */
class Wire {
  private readonly server: Server
  private readonly sockets = new Set<Socket>()
  private silent = false
  private isLastQuestion: ((chunk: Buffer) => boolean) | null = null

  constructor(target: string) {
    this.server = createServer((inner) => {
      const outer = connect(target)
      for (const socket of [inner, outer]) {
        this.sockets.add(socket)
        socket.on('error', () => undefined)
        socket.on('close', () => {
          this.sockets.delete(socket)
          inner.destroy()
          outer.destroy()
        })
      }
      let isCutOnAnswer = false
      inner.on('data', (chunk) => {
        if (this.isLastQuestion?.(chunk)) {
          this.isLastQuestion = null
          isCutOnAnswer = true
        }
        if (!this.silent) outer.write(chunk)
      })
      outer.on('data', (chunk) => {
        if (isCutOnAnswer) inner.destroy()
        else if (!this.silent) inner.write(chunk)
      })
    })
  }

  async listen(path: string): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(path, resolve))
  }

  async cut(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve))
    for (const socket of this.sockets) socket.destroy()
    await closed
  }

  hold(silent: boolean): void {
    this.silent = silent
  }

  cutOnAnswerTo(isQuestion: (chunk: Buffer) => boolean): void {
    this.isLastQuestion = isQuestion
  }
}

let direct: TestDatabase
let fleet: Fleet

beforeAll(async () => {
  direct = await createTestDatabase()
  fleet = await createFleet(direct, { environment: 'production', services: ['orders'] })
})
afterAll(() => direct.close())

async function withWire(run: (gateway: Gateway, wire: Wire, path: string) => Promise<void>): Promise<void> {
  const url = new URL(direct.url)
  const wire = new Wire(join(url.searchParams.get('host') ?? '', `.s.PGSQL.${url.port || '5432'}`))
  const folder = mkdtempSync(join(tmpdir(), 'stepgate-wire-'))
  const path = join(folder, `.s.PGSQL.${url.port || '5432'}`)
  await wire.listen(path)
  url.searchParams.set('host', folder)
  const database = openDatabase({ url: url.href })
  const gateway = await startTestGateway(database)
  try {
    await run(gateway, wire, path)
  } finally {
    await wire.cut().catch(() => undefined)
    await gateway.close()
    await database.close()
    rmSync(folder, { recursive: true })
  }
}

const poll = (gateway: Gateway, token: string, headers: Record<string, string> = {}) =>
  fetch(`${gateway.url}/v1/config`, { headers: { authorization: `Bearer ${token}`, ...headers } })

const addEndpoint = async (): Promise<number> => {
  await direct.prisma.endpoint.create({
    data: {
      environmentId: fleet.environmentId,
      serviceId: fleet.serviceIds['orders'] ?? '',
      method: 'GET',
      route: `/${randomUUID()}`,
      source: 'manual',
    },
  })
  return (await publish(direct, fleet.environmentId)).number
}

const decisions = () => ({
  batchId: randomUUID(),
  instance: {
    id: randomUUID(),
    workload: '',
    sdkVersion: '1',
    nodeVersion: '24',
    framework: '',
    hostname: '',
    startedAt: new Date().toISOString(),
    epoch: null,
    revision: null,
    state: 'fresh',
  },
  window: { from: new Date().toISOString(), to: new Date().toISOString() },
  signatures: [
    {
      method: 'GET',
      route: '/orders',
      mode: 'log-only',
      outcome: 'allowed',
      reason: null,
      tokenProblem: null,
      callerKind: 'service',
      caller: 'a',
      callerHint: null,
      issuer: null,
      scopes: [],
      missingScopes: [],
      sender: 'none',
      revision: 1,
      evaluated: true,
      count: 7,
      firstAt: new Date().toISOString(),
      lastAt: new Date().toISOString(),
      tokenAges: null,
    },
  ],
  samples: [],
  dropped: { allowed: 0, wouldDeny: 0, denied: 0, samples: 0 },
})

const report = (gateway: Gateway, token: string, body: object) =>
  fetch(`${gateway.url}/v1/decisions`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  })

const countStored = async (): Promise<number> =>
  (await direct.pool.query<{ count: number }>('SELECT coalesce(sum(count), 0)::int AS count FROM decision_hour'))
    .rows[0]?.count ?? 0

describe('with the database away', () => {
  test('instances keep their configuration; whatever needs the database says so and works again afterwards', () =>
    withWire(async (gateway, wire, path) => {
      const token = await machineToken(gateway.url, fleet, 'orders')
      const etag = (await poll(gateway, token)).headers.get('etag') ?? ''
      await wire.cut()
      expect((await poll(gateway, token, { 'if-none-match': etag })).status).toBe(304)
      expect((await poll(gateway, token)).status).toBe(200)
      const stored = await report(gateway, token, decisions())
      expect([
        stored.status,
        stored.headers.get('retry-after'),
        ((await stored.json()) as { code: string }).code,
      ]).toEqual([503, '2', 'unavailable'])
      await eventually(
        async () =>
          (
            await requestToken(gateway.url, {
              grant_type: 'client_credentials',
              audience: 'stepgate',
              client_id: 'orders',
              client_secret: 'x',
            })
          ).status === 503,
      )
      await eventually(async () => (await fetch(`${gateway.url}/readyz`)).status === 503)
      expect((await fetch(`${gateway.url}/livez`)).status).toBe(200)

      const revision = await addEndpoint()
      const waiting = poll(gateway, token, { 'if-none-match': etag, prefer: 'wait=25' })
      await wire.listen(path)
      expect(((await (await waiting).json()) as { revision: number }).revision).toBe(revision)
      await eventually(async () => (await fetch(`${gateway.url}/readyz`)).status === 200)
      expect((await report(gateway, token, decisions())).status).toBe(200)
    }))

  test('a connection that falls silent is noticed, and what was published meanwhile is learned', () =>
    withWire(async (gateway, wire) => {
      const token = await machineToken(gateway.url, fleet, 'orders')
      const etag = (await poll(gateway, token)).headers.get('etag') ?? ''
      const waiting = poll(gateway, token, { 'if-none-match': etag, prefer: 'wait=25' })
      wire.hold(true)
      const revision = await addEndpoint()
      await eventually(async () => (await fetch(`${gateway.url}/readyz`)).status === 503)
      wire.hold(false)
      expect(((await (await waiting).json()) as { revision: number }).revision).toBe(revision)
    }))

  test('a batch whose answer was lost counts once when it is sent again', () =>
    withWire(async (gateway, wire) => {
      const token = await machineToken(gateway.url, fleet, 'orders')
      await report(gateway, token, decisions())
      const before = await countStored()
      const body = decisions()
      // The statement has been committed when its answer comes back.
      const key = batchKey(fleet.environmentId, fleet.serviceIds['orders'] ?? '', body.batchId)
      wire.cutOnAnswerTo((chunk) => chunk.includes(key))
      const first = await report(gateway, token, body)
      expect(first.status).toBe(503)
      const again = await eventually(async () => {
        const answer = await report(gateway, token, body)
        return answer.status === 200 && ((await answer.json()) as DecisionReceipt)
      })
      expect(await countStored()).toBe(before + 7)
      expect(again.duplicate).toBe(true)
    }))

  test('killed backends lose and double nothing', async () => {
    const gateway = await startTestGateway(direct)
    const token = await machineToken(gateway.url, fleet, 'orders')
    const before = await countStored()
    const owner = new pg.Client(direct.ownerUrl)
    await owner.connect()
    const kill = async (): Promise<number> => {
      const { rowCount } = await owner.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%INSERT INTO ingest_batch%' AND pid <> pg_backend_pid()`,
      )
      return rowCount ?? 0
    }
    const sendUntilStored = async (): Promise<void> => {
      const body = decisions()
      await eventually(async () => (await report(gateway, token, body)).status === 200)
    }
    let killed = 0
    for (let round = 0; round < 20; round++) {
      const sending = Array.from({ length: 10 }, sendUntilStored)
      killed += await kill()
      await Promise.all(sending)
    }
    expect(killed).toBeGreaterThan(0)
    await owner.end()
    await gateway.close()
    expect(await countStored()).toBe(before + 20 * 10 * 7)
  })
})

test('a gateway that is started again serves the same bytes and accepts the same tokens', async () => {
  const first = await startTestGateway(direct)
  const token = await machineToken(first.url, fleet, 'orders')
  const before = await poll(first, token)
  await first.close()
  const second = await startTestGateway(direct)
  const after = await poll(second, token)
  expect(after.headers.get('etag')).toBe(before.headers.get('etag'))
  expect(await after.text()).toBe(await before.text())
  await second.close()
})

test('a publication on one gateway is served by the other', async () => {
  const [first, second] = [await startTestGateway(direct), await startTestGateway(direct)]
  const token = await machineToken(first.url, fleet, 'orders')
  const etags = await Promise.all(
    [first, second].map(async (gateway) => (await poll(gateway, token)).headers.get('etag') ?? ''),
  )
  expect(etags[0]).toBe(etags[1])
  const waiting = [first, second].map((gateway) =>
    poll(gateway, token, { 'if-none-match': etags[0] ?? '', prefer: 'wait=20' }),
  )
  const response = await fetch(`${first.url}/v1/inventory`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ instance: decisions().instance, endpoints: [{ method: 'GET', route: `/${randomUUID()}` }] }),
  })
  const { revision } = (await response.json()) as { revision: number }
  for (const answer of await Promise.all(waiting))
    expect(((await answer.json()) as { revision: number }).revision).toBe(revision)
  await Promise.all([first.close(), second.close()])
})

test('a new public URL renames the issuer in what is published', async () => {
  const moved = await startTestGateway(direct, { publicUrl: 'https://moved.test' })
  const token = await machineToken(moved.url, fleet, 'orders')
  const snapshot = (await (await poll(moved, token)).json()) as { issuers: { issuer: string }[] }
  expect(snapshot.issuers[0]?.issuer).toBe('https://moved.test/e/production')
  await moved.close()
})

test('the log has no secrets, whatever is sent and whatever fails', async () => {
  const lines: string[] = []
  const sink = new Writable({
    write: (chunk: Buffer, _, done) => {
      lines.push(chunk.toString())
      done()
    },
  })
  const logger = createLogger('trace', sink)
  const gateway = await startGateway({ settings: testSettings(), database: direct, consoleTarget: null, logger })
  const secret = fleet.secrets['orders'] ?? ''
  const token = await machineToken(gateway.url, fleet, 'orders')
  await requestToken(gateway.url, {
    grant_type: 'client_credentials',
    client_id: 'orders',
    client_secret: `${secret}x`,
    audience: 'orders',
  })
  await report(gateway, token, { client_secret: secret })
  await fetch(`${gateway.url}/e/production/jwks.json?client_secret=${secret}`, {
    headers: { authorization: `Bearer ${token}`, cookie: `session=${secret}` },
  })
  logger.error(
    { err: new Error('failed'), authorization: token, req: { headers: { authorization: token, cookie: secret } } },
    'fault',
  )
  await gateway.close()
  expect(lines.length).toBeGreaterThan(3)
  expect(lines.join('')).not.toContain(secret)
  expect(lines.join('')).not.toContain(token)
})
