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
export async function readRecordedSignatures(
  pool: pg.Pool,
  environmentId: string,
  after = 0,
): Promise<RecordedSignature[]> {
  const { rows } = await pool.query<RecordedSignature>(FACTS, [environmentId, after])
  return rows
}

/** What is known of a signature changes little; new ones are looked for with each question. */
const ALL_FRESH_MS = 60_000

/** Signatures by their place. */
export function createRecordedSignatures(
  read: (after?: number) => Promise<RecordedSignature[]>,
  placeOf: (signatureId: number) => number,
): () => Promise<readonly (RecordedSignature | undefined)[]> {
  const readAll = createHeld(
    async () => {
      const rows = await read()
      const newest = rows.reduce((id, { signatureId }) => Math.max(id, Number(signatureId)), 0)
      return { placed: placeEach(rows, placeOf), newest }
    },
    ({ placed }) => placed.length,
    ALL_FRESH_MS,
  )
  return async () => {
    const { placed, newest } = await readAll()
    const news = await read(newest)
    return news.length === 0 ? placed : placeEach(news, placeOf, placed)
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
