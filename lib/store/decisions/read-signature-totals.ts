import type pg from 'pg'
import type { RecordedContext } from '../../policy/decision.ts'
import type { CallerKind, Mode, Outcome, Reason, SenderConstraint, TokenProblem } from '../../policy/vocabulary.ts'
import { AGED_COUNTS, toAgedFrom } from './aged-counts.ts'
import { sumTokenAges } from './sum-token-ages.ts'

export interface SignatureTotals {
  readonly signatureId: string
  readonly endpointId: string | null
  readonly evaluated: boolean
  readonly replayed: boolean
  readonly mode: Mode
  readonly outcome: Outcome
  readonly reason: Reason | null
  readonly tokenProblem: TokenProblem | null
  readonly callerKind: CallerKind
  readonly caller: string | null
  readonly callerHint: string | null
  readonly issuer: string | null
  readonly scopes: readonly string[]
  readonly sender: SenderConstraint
  readonly context: RecordedContext | null
  readonly count: number
  readonly tokenAges: readonly number[] | null
  readonly firstAt: Date
  readonly lastAt: Date
}

export interface TotalsWindow {
  readonly environmentId: string
  /** All endpoints when null. */
  readonly endpointIds: readonly string[] | null
  readonly from: Date
  readonly to: Date
}

/** Signatures are found by method and route, so that those recorded before the endpoint was declared count too. */
const TOTALS = `
  SELECT s.id::text AS "signatureId", e.id AS "endpointId", s.evaluated, s.replayed, s.mode::text AS mode, s.outcome, s.reason,
    s.token_problem AS "tokenProblem", s.caller_kind AS "callerKind", s.caller, s.caller_hint AS "callerHint", s.issuer, s.scopes, s.sender, s.context,
    sum(h.count)::float8 AS count, (${sumTokenAges('h.token_ages')})::float8[] AS "tokenAges",
    greatest(min(h.bucket), s.first_at) AS "firstAt", least(max(h.bucket_end), s.last_at) AS "lastAt"
  FROM decision_signature s
  JOIN endpoint e ON e.environment_id = s.environment_id AND e.service_id = s.service_id AND e.method = s.method AND e.route = s.route
  JOIN ${AGED_COUNTS} h ON h.signature_id = s.id
  WHERE s.environment_id = $1 AND ($4::uuid[] IS NULL OR e.id = ANY ($4)) AND s.last_at >= $2
  GROUP BY s.id, e.id`

/** What was counted of each signature of the endpoints in a window: to the hour, or to the day where days are folded. */
export async function readSignatureTotals(
  pool: pg.Pool,
  { environmentId, endpointIds, from, to }: TotalsWindow,
): Promise<SignatureTotals[]> {
  const { rows } = await pool.query<SignatureTotals>(TOTALS, [environmentId, toAgedFrom(from), to, endpointIds])
  return rows
}
