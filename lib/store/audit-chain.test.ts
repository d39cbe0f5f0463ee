import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { verifyAuditChain } from './verify-audit-chain.ts'

let database: TestDatabase
let owner: pg.Client
beforeEach(async () => {
  database = await createTestDatabase()
  owner = new pg.Client(database.ownerUrl)
  await owner.connect()
})
afterEach(async () => {
  await owner.end()
  await database.close()
})

const append = (after: unknown, client: Pick<pg.Pool, 'query'> = database.pool, name = 'GET /orders/:orderId') =>
  client.query(
    `SELECT append_audit_entry('account', 'a1', 'Änne, 5:5', 'endpoint.change-mode', $1, 'endpoint', $2, $3, NULL, $4, '', 'r1') AS id`,
    ['production', randomUUID(), name, JSON.stringify(after)],
  )

/** What an intruder with the owner's rights would do. */
async function tamper(sql: string): Promise<void> {
  await owner.query('ALTER TABLE audit_entry DISABLE TRIGGER USER')
  await owner.query(sql)
  await owner.query('ALTER TABLE audit_entry ENABLE ALWAYS TRIGGER audit_entry_append_only')
}

describe('the audit log', () => {
  test('chains entries in the order of their ids, whoever writes them at once', async () => {
    await Promise.all(
      Array.from({ length: 60 }, (_, index) => append({ index, text: 'ünï 🎉 "quoted"\n', numbers: [1.5, 1e21, -0] })),
    )
    const verification = await verifyAuditChain(owner)
    expect(verification).toMatchObject({ entries: 60, intact: true, brokenAt: null })
    const { rows } = await owner.query<{ wrong: number }>(
      'SELECT count(*)::int AS wrong FROM audit_entry AS e WHERE audit_entry_hash(e) <> hash',
    )
    expect(rows[0]?.wrong).toBe(0)
  })

  test('takes several entries in one statement', async () => {
    await database.pool.query(`
      SELECT append_audit_entry('system', 's', 'S', 'endpoint.discover', NULL, 'endpoint', i::text, 'x', NULL, NULL, '', '') FROM generate_series(1, 50) AS i`)
    expect(await verifyAuditChain(owner)).toMatchObject({ entries: 50, intact: true })
  })

  test('loses the entry of a change that is rolled back, and no number', async () => {
    const client = await database.pool.connect()
    await client.query('BEGIN')
    await append({ never: true }, client)
    await client.query('ROLLBACK')
    client.release()
    const { rows } = await append({ kept: true })
    expect(rows).toEqual([{ id: 1 }])
    expect(await verifyAuditChain(owner)).toMatchObject({ entries: 1, intact: true })
  })

  test.each([
    'UPDATE audit_entry SET reason = $$x$$',
    'DELETE FROM audit_entry',
    'TRUNCATE audit_entry',
    'DELETE FROM audit_head',
    'TRUNCATE audit_head',
  ])('refuses %s by the owner, also as a replica, and by the application', async (sql) => {
    await append({})
    await expect(owner.query(sql)).rejects.toThrow('append-only')
    await owner.query(`SET session_replication_role = 'replica'`)
    await expect(owner.query(sql)).rejects.toThrow('append-only')
    await expect(database.pool.query(sql)).rejects.toThrow('permission denied')
  })

  test('refuses an entry that does not come through its function', async () => {
    const sql = `INSERT INTO audit_entry SELECT 1, now(), 'system', '', '', 'a.b', NULL, '', '', '', NULL, NULL, '', '', hash, hash FROM audit_head`
    await expect(owner.query(sql)).rejects.toThrow('append_audit_entry()')
    await expect(database.pool.query(sql)).rejects.toThrow('permission denied')
    await expect(database.pool.query('UPDATE audit_head SET entry_id = 7')).rejects.toThrow('permission denied')
  })

  test.each([
    ['a changed entry', `UPDATE audit_entry SET after = '{"index": 99}' WHERE id = 3`, '3', 'its content was changed'],
    [
      'a changed entry with a matching hash',
      `UPDATE audit_entry SET reason = 'x' WHERE id = 3; UPDATE audit_entry AS e SET hash = audit_entry_hash(e) WHERE id = 3`,
      '4',
      'it does not follow the entry before it',
    ],
    ['a removed entry', 'DELETE FROM audit_entry WHERE id = 3', '3', 'an entry is missing'],
    ['a cut tail', 'DELETE FROM audit_entry WHERE id > 3', '4', 'entries were cut off at the end'],
  ])('shows %s', async (_what, sql, brokenAt, problem) => {
    for (let index = 1; index <= 5; index += 1) await append({ index })
    await tamper(sql)
    expect(await verifyAuditChain(owner)).toMatchObject({ intact: false, brokenAt, problem })
  })
})
