import type pg from 'pg'
import { ALL_SIGNATURES, createHeldParts, type SignaturePart } from './held-parts.ts'
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
  FROM ${SIGNATURES} WHERE s.environment_id = $1 AND s.id > $2 AND s.id % $3 = $4`

/** Those with a higher id than another one; without, all. */
async function readRecordedSignatures(
  pool: pg.Pool,
  environmentId: string,
  { part, parts }: SignaturePart,
  after = 0,
): Promise<RecordedSignature[]> {
  const { rows } = await pool.query<RecordedSignature>(FACTS, [environmentId, after, parts, part])
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

type Placed = readonly (RecordedSignature | undefined)[]

interface PlacedRows {
  readonly rows: readonly RecordedSignature[]
  readonly places: Int32Array
  /** Highest id. */
  readonly newest: number
}

/** Signatures by their place. */
export function createRecordedSignatures(
  pool: pg.Pool,
  environmentId: string,
  placeOf: (signatureId: number) => number,
): () => Promise<Placed> {
  const read = async (which: SignaturePart, after?: number): Promise<PlacedRows> => {
    const rows = await readRecordedSignatures(pool, environmentId, which, after)
    const ids = rows.map(({ signatureId }) => Number(signatureId))
    return { rows, places: Int32Array.from(ids, placeOf), newest: ids.reduce((most, id) => Math.max(most, id), 0) }
  }
  const readAll = createHeldParts(read, ({ rows }) => rows.length, ALL_FRESH_MS)
  let known: { readonly parts: readonly PlacedRows[]; readonly placed: Placed } | null = null

  return async () => {
    const parts = await readAll()
    if (known?.parts !== parts) known = { parts, placed: placeEach(parts) }
    const newest = parts.reduce((most, part) => Math.max(most, part.newest), 0)
    if (!(await hasNewerSignatures(pool, environmentId, newest))) return known.placed
    return placeEach([...parts, await read(ALL_SIGNATURES, newest)])
  }
}

function placeEach(parts: readonly PlacedRows[]): Placed {
  const placed: (RecordedSignature | undefined)[] = []
  for (const { rows, places } of parts) for (const [at, row] of rows.entries()) placed[places[at] ?? 0] = row
  return Array.from(placed)
}
