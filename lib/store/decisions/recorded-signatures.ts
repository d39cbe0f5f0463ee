import type pg from 'pg'
import { ALL_SIGNATURES, areReadAnew, createHeldParts, toPartCondition, type SignaturePart } from './held-parts.ts'
import { CALLER_KEY, SIGNATURES } from './decision-filter.ts'
import type { Places } from './places.ts'
import { RECORDED_FACTS, type SignatureTotals } from './read-signature-totals.ts'

/** Facts of a signature, and the names charts have for it. */
export interface RecordedSignature extends Omit<SignatureTotals, 'count' | 'tokenAges'> {
  readonly serviceSlug: string
  readonly endpointLabel: string
  readonly callerKey: string
  readonly callerLabel: string
}

const toFacts = (which: SignaturePart): string => `
  SELECT ${RECORDED_FACTS}, v.slug AS "serviceSlug", v.slug || ' ' || s.method || ' ' || s.route AS "endpointLabel", ${CALLER_KEY} AS "callerKey",
    coalesce(s.caller, nullif(s.caller_hint, ''), 'unknown client') AS "callerLabel", s.first_at AS "firstAt", s.last_at AS "lastAt"
  FROM ${SIGNATURES} WHERE s.environment_id = $1 AND s.id > $2 AND ${toPartCondition('s.id', which)}`

/** Those with a higher id than another one; without, all. */
async function readRecordedSignatures(
  pool: pg.Pool,
  environmentId: string,
  which: SignaturePart,
  after = 0,
): Promise<RecordedSignature[]> {
  const { rows } = await pool.query<RecordedSignature>(toFacts(which), [environmentId, after])
  const share = createSharing()
  return rows.map((row) => ({ ...row, scopes: share(row.scopes) }))
}

/** The same list for lists that are the same: there are few, and who compares signatures knows them by identity. */
function createSharing(): (list: readonly string[]) => readonly string[] {
  const lists = new Map<string, readonly string[]>()
  return (list) => {
    const text = JSON.stringify(list)
    const shared = lists.get(text) ?? list
    lists.set(text, shared)
    return shared
  }
}

/** What is known of a signature changes little; those that were met since are looked for with each question. */
const ALL_FRESH_MS = 60_000

/** By place. Of one that is gone, or newer than the list, nothing is known. */
export type PlacedSignatures = readonly (RecordedSignature | undefined)[]

interface PlacedRows {
  readonly rows: readonly RecordedSignature[]
  readonly places: Int32Array
  /** Highest id. */
  readonly newest: number
}

export function createRecordedSignatures(
  pool: pg.Pool,
  environmentId: string,
  { placeOf, count }: Places,
): () => Promise<PlacedSignatures> {
  const read = async (which: SignaturePart, after?: number): Promise<PlacedRows> => {
    const rows = await readRecordedSignatures(pool, environmentId, which, after)
    const ids = rows.map(({ signatureId }) => Number(signatureId))
    return { rows, places: Int32Array.from(ids, placeOf), newest: ids.reduce((most, id) => Math.max(most, id), 0) }
  }
  const readAll = createHeldParts(
    read,
    (parts) => areReadAnew(parts.reduce((sum, { rows }) => sum + rows.length, 0)),
    () => ALL_FRESH_MS,
  )
  let known: { readonly parts: readonly PlacedRows[]; readonly placed: PlacedSignatures } | null = null

  return async () => {
    const parts = await readAll()
    if (known?.parts !== parts) known = { parts, placed: placeEach(parts) }
    const placed = parts.reduce((rows, part) => rows + part.rows.length, 0)
    if (placed >= count()) return known.placed
    const newest = parts.reduce((most, part) => Math.max(most, part.newest), 0)
    return placeEach([...parts, await read(ALL_SIGNATURES, newest)])
  }
}

function placeEach(parts: readonly PlacedRows[]): PlacedSignatures {
  const placed: (RecordedSignature | undefined)[] = []
  for (const { rows, places } of parts) for (const [at, row] of rows.entries()) placed[places[at] ?? 0] = row
  return Array.from(placed)
}
