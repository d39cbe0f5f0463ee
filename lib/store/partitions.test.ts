import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { boundMinutes, findMinutesFrom } from './decisions/retention.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

const DAY_MS = 86_400_000
const MINUTE_PARTITIONS_PER_DAY = 8
const dayOf = (offset: number) => new Date(Date.now() + offset * DAY_MS).toISOString().slice(0, 10)

let database: TestDatabase
let signatureId: number
beforeAll(async () => {
  database = await createTestDatabase()
  const environment = await database.prisma.environment.create({ data: { slug: 'production', name: 'Production' } })
  const service = await database.prisma.service.create({ data: { slug: 'orders', name: 'Orders' } })
  const { rows } = await database.pool.query<{ id: number }>(
    `INSERT INTO decision_signature (environment_id, service_id, method, route, mode, outcome, caller_kind, sender, evaluated, hash, first_at, last_at)
     VALUES ($1, $2, 'GET', '/', 'log-only', 'allowed', 'anonymous', 'none', true, $3, now(), now()) RETURNING id`,
    [environment.id, service.id, randomBytes(32)],
  )
  signatureId = rows[0]!.id
})
afterAll(() => database.close())

const ensure = async (from: string, to: string): Promise<number> => {
  const { rows } = await database.pool.query<{ created: number }>(
    'SELECT ensure_decision_partitions($1, $2) AS created',
    [from, to],
  )
  return rows[0]!.created
}
const count = (table: 'decision_minute' | 'decision_hour', day: string) =>
  database.pool.query(`INSERT INTO ${table} (signature_id, bucket, count) VALUES ($1, $2, 1)`, [
    signatureId,
    `${day}T23:59:00Z`,
  ])

test('today and the coming days can be stored from the start', async () => {
  for (const offset of [-1, 0, 1, 6]) await count('decision_minute', dayOf(offset))
  expect(await ensure(dayOf(0), dayOf(5))).toBe(0)
})

test('a day without a partition refuses its decisions, until the application makes it', async () => {
  const day = dayOf(-30)
  await expect(count('decision_minute', day)).rejects.toThrow('no partition')
  const created = await Promise.all([ensure(day, day), ensure(day, day), ensure(day, day)])
  expect(created.filter((number) => number > 0)).toHaveLength(1)
  await count('decision_minute', day)
  await count('decision_hour', day)
})

test('a partition of minutes leaves room for its counts to be updated in place', async () => {
  const { rows } = await database.pool.query<{ options: string[] }>(`SELECT DISTINCT c.reloptions AS options
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'decision_minute'::regclass`)
  expect(rows).toEqual([{ options: ['fillfactor=50'] }])
})

test('days far away are refused', async () => {
  await expect(ensure(dayOf(-500), dayOf(0))).rejects.toThrow('out of bounds')
  await expect(ensure(dayOf(1), dayOf(0))).rejects.toThrow('out of bounds')
})

test('old days are dropped, except while somebody reads them', async () => {
  await ensure(dayOf(-20), dayOf(-18))
  const drop = async () => {
    const { rows } = await database.pool.query<{ dropped: number }>(
      `SELECT drop_decision_partitions('decision_minute', $1) AS dropped`,
      [dayOf(-17)],
    )
    return rows[0]!.dropped
  }
  const reader = await database.pool.connect()
  await reader.query(
    `BEGIN; SELECT FROM decision_minute WHERE bucket >= '${dayOf(-19)}' AND bucket < '${dayOf(-18)}' LIMIT 1`,
  )
  const whileRead = await drop()
  await reader.query('ROLLBACK')
  reader.release()
  const partitions = 3 * MINUTE_PARTITIONS_PER_DAY + MINUTE_PARTITIONS_PER_DAY // with the day of another test
  expect(whileRead).toBeLessThan(partitions)
  expect(whileRead + (await drop())).toBe(partitions)
  await expect(count('decision_minute', dayOf(-20))).rejects.toThrow('no partition')
})

test('the application cannot drop anything else', async () => {
  await expect(database.pool.query(`SELECT drop_decision_partitions('audit_entry', '2030-01-01')`)).rejects.toThrow(
    'has no partitions',
  )
  await expect(database.pool.query('DROP TABLE decision_minute')).rejects.toThrow('must be owner')
})

test('several that make the same days at once all succeed, even where they looked before', async () => {
  const [from, to] = [dayOf(-30), dayOf(-25)]
  const clients = await Promise.all(Array.from({ length: 6 }, () => database.pool.connect()))
  try {
    // A session that has looked for the partition remembers that there was none.
    for (const client of clients)
      await client.query(`SELECT to_regclass('decision_minute_' || to_char($1::date, 'YYYYMMDD'))`, [from])
    await Promise.all(clients.map((client) => client.query('SELECT ensure_decision_partitions($1, $2)', [from, to])))
    for (const offset of [-30, -28, -25]) await count('decision_minute', dayOf(offset))
  } finally {
    for (const client of clients) client.release()
  }
})

test('minutes that take too much space go, the oldest first, and say so; those of the last hours stay', async () => {
  const sizes = async () => {
    const { rows } = await database.pool.query<{ oldest: string; partitions: number }>(
      `SELECT min(relname) AS oldest, count(*)::int AS partitions FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid WHERE inhparent = 'decision_minute'::regclass`,
    )
    return rows[0]!
  }
  const before = await sizes()
  await boundMinutes(database.pool, Number.MAX_SAFE_INTEGER)
  expect(await sizes()).toEqual(before)
  await boundMinutes(database.pool, 0)
  const after = await sizes()
  expect(after.partitions).toBeLessThan(before.partitions)
  const from = await findMinutesFrom(database.pool)
  expect(from.getTime()).toBeLessThanOrEqual(Date.now() - 2 * 3_600_000)
  expect(from.getTime()).toBeGreaterThan(Date.now() - 5 * 3_600_000)
  expect(after.oldest).toBe(`decision_minute_${from.toISOString().slice(0, 13).replaceAll(/[-T]/g, '')}`)
  expect(await ensure(dayOf(-1), dayOf(0))).toBe(0)
  expect((await sizes()).partitions).toBe(after.partitions)
})
