import type pg from 'pg'
import { createHeld } from './held.ts'
import { CALLER_KEY, SIGNATURES } from './decision-filter.ts'
import { RECORDED_FACTS, type SignatureTotals } from './read-signature-totals.ts'

/** Facts of a signature, and the names charts have for it. */
export interface RecordedSignature extends Omit<SignatureTotals, 'count' | 'tokenAges'> {
  readonly serviceSlug: string
  readonly method: string
  readonly route: string
  readonly callerKey: string
  readonly callerLabel: string
}

const FACTS = `
  SELECT ${RECORDED_FACTS}, v.slug AS "serviceSlug", s.method, s.route, ${CALLER_KEY} AS "callerKey",
    coalesce(s.caller, nullif(s.caller_hint, ''), 'unknown client') AS "callerLabel", s.first_at AS "firstAt", s.last_at AS "lastAt"
  FROM ${SIGNATURES} WHERE s.environment_id = $1 AND s.id > $2`

/** Those with a higher id than another one; without, all. */
async function readRecordedSignatures(pool: pg.Pool, environmentId: string, after = 0): Promise<RecordedSignature[]> {
  const { rows } = await pool.query<RecordedSignature>(FACTS, [environmentId, after])
  return rows
}

const HAS_NEWER = `SELECT EXISTS (SELECT FROM decision_signature WHERE id > $2 AND environment_id = $1) AS "hasNewer"`

/** Whether there are any: to be told that there are none costs a tenth of reading none. */
async function hasNewerSignatures(pool: pg.Pool, environmentId: string, after: number): Promise<boolean> {
  const { rows } = await pool.query<{ hasNewer: boolean }>(HAS_NEWER, [environmentId, after])
  return rows[0]?.hasNewer === true
}

/** What is known of a signature changes little; new ones are looked for with each question. */
const ALL_FRESH_MS = 60_000

/** Signatures by their place. */
export function createRecordedSignatures(
  pool: pg.Pool,
  environmentId: string,
  placeOf: (signatureId: number) => number,
): () => Promise<readonly (RecordedSignature | undefined)[]> {
  const readAll = createHeld(
    async () => {
      const rows = await readRecordedSignatures(pool, environmentId)
      const newest = rows.reduce((id, { signatureId }) => Math.max(id, Number(signatureId)), 0)
      return { placed: placeEach(rows, placeOf), newest }
    },
    ({ placed }) => placed.length,
    ALL_FRESH_MS,
  )
  return async () => {
    const { placed, newest } = await readAll()
    if (!(await hasNewerSignatures(pool, environmentId, newest))) return placed
    return placeEach(await readRecordedSignatures(pool, environmentId, newest), placeOf, placed)
  }
}

function placeEach(
  rows: readonly RecordedSignature[],
  placeOf: (signatureId: number) => number,
  known: readonly (RecordedSignature | undefined)[] = [],
): (RecordedSignature | undefined)[] {
  const placed = [...known]
  for (const row of rows) placed[placeOf(Number(row.signatureId))] = row
  return Array.from(placed)
}
