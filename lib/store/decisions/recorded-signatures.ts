import type pg from 'pg'
import { CALLER_KEY, SIGNATURES } from './decision-filter.ts'
import type { SignatureTotals } from './read-signature-totals.ts'

/** Facts of a signature, and the names charts have for it. */
export interface RecordedSignature extends Omit<SignatureTotals, 'count' | 'tokenAges'> {
  readonly serviceSlug: string
  readonly method: string
  readonly route: string
  readonly callerKey: string
  readonly callerLabel: string
}

const FACTS = `
  SELECT s.id::text AS "signatureId", e.id AS "endpointId", v.slug AS "serviceSlug", s.method, s.route, s.evaluated, s.replayed, s.mode::text AS mode,
    s.outcome, s.reason, s.token_problem AS "tokenProblem", s.caller_kind AS "callerKind", s.caller, s.caller_hint AS "callerHint",
    ${CALLER_KEY} AS "callerKey", coalesce(s.caller, nullif(s.caller_hint, ''), 'unknown client') AS "callerLabel", s.issuer, s.scopes, s.sender,
    s.context, s.first_at AS "firstAt", s.last_at AS "lastAt", s.first_at AS "recordedFrom"
  FROM ${SIGNATURES} WHERE s.environment_id = $1`

export async function readRecordedSignatures(pool: pg.Pool, environmentId: string): Promise<RecordedSignature[]> {
  const { rows } = await pool.query<RecordedSignature>(FACTS, [environmentId])
  return rows
}
