import type pg from 'pg'
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
  FROM ${SIGNATURES} WHERE s.environment_id = $1`

export async function readRecordedSignatures(pool: pg.Pool, environmentId: string): Promise<RecordedSignature[]> {
  const { rows } = await pool.query<RecordedSignature>(FACTS, [environmentId])
  return rows
}
