import { createHash } from 'node:crypto'
import type pg from 'pg'

/** The columns of an entry as text, in the order of its canonical text; `null` where a column is null. */
export type AuditFields = readonly (string | null)[]

export interface AuditVerification {
  readonly entries: number
  readonly intact: boolean
  /** Id of the first entry that does not fit, or of the first that is missing. */
  readonly brokenAt: string | null
  /** What is wrong with it. */
  readonly problem: string | null
  /** Hash of the newest entry, in hexadecimal: compare it with one that was kept elsewhere. */
  readonly head: string
}

const ROWS_PER_READ = 5_000
const GENESIS = createHash('sha256').update('stepgate audit').digest('hex')

/** As the database writes them into its own canonical text, which the migration of the audit chain describes. */
const READ_ENTRIES = `
  SELECT id::text AS id, encode(previous_hash, 'hex') AS previous, encode(hash, 'hex') AS hash, ARRAY[
    id::text, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), actor_kind::text, actor_id, actor_name, action,
    environment_slug, target_kind, target_id, target_name, before::text, after::text, reason, request_id, encode(previous_hash, 'hex')
  ] AS fields
  FROM audit_entry WHERE id > $1 ORDER BY audit_entry.id LIMIT ${ROWS_PER_READ.toString()}`

interface Row {
  readonly id: string
  readonly previous: string
  readonly hash: string
  readonly fields: AuditFields
}

interface Link {
  readonly id: bigint
  readonly hash: string
}

export function toCanonicalText(fields: AuditFields): string {
  return fields.map((field) => (field === null ? '-' : `${Buffer.byteLength(field).toString()}:${field}`)).join(',')
}

/** Recomputes every hash here rather than in the database, whose functions an intruder could have replaced. */
export async function verifyAuditChain(client: pg.ClientBase): Promise<AuditVerification> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
  try {
    return await verifyWithin(client)
  } finally {
    await client.query('ROLLBACK')
  }
}

async function verifyWithin(client: pg.ClientBase): Promise<AuditVerification> {
  let last: Link = { id: 0n, hash: GENESIS }
  for (;;) {
    const { rows } = await client.query<Row>(READ_ENTRIES, [last.id.toString()])
    for (const row of rows) {
      const problem = findProblem(row, last)
      if (problem !== null) return broken(last, last.id + 1n, problem)
      last = { id: BigInt(row.id), hash: row.hash }
    }
    if (rows.length < ROWS_PER_READ) return compareWithHead(client, last)
  }
}

function findProblem(row: Row, last: Link): string | null {
  if (BigInt(row.id) !== last.id + 1n) return 'an entry is missing'
  if (row.previous !== last.hash) return 'it does not follow the entry before it'
  const hash = createHash('sha256').update(toCanonicalText(row.fields)).digest('hex')
  return hash === row.hash ? null : 'its content was changed'
}

/** A cut tail leaves a chain that is intact in itself; the head row remembers how long it was. */
async function compareWithHead(client: pg.ClientBase, last: Link): Promise<AuditVerification> {
  const { rows } = await client.query<{ id: string; hash: string }>(
    `SELECT entry_id::text AS id, encode(hash, 'hex') AS hash FROM audit_head`,
  )
  const head = rows[0]
  if (!head) return broken(last, last.id, 'the head of the chain is missing')
  if (BigInt(head.id) > last.id) return broken(last, last.id + 1n, 'entries were cut off at the end')
  if (BigInt(head.id) !== last.id || head.hash !== last.hash)
    return broken(last, last.id, 'it is not the entry that was written last')
  return { entries: Number(last.id), intact: true, brokenAt: null, problem: null, head: last.hash }
}

function broken(last: Link, at: bigint, problem: string): AuditVerification {
  return { entries: Number(last.id), intact: false, brokenAt: at.toString(), problem, head: last.hash }
}
