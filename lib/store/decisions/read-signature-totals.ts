import type pg from 'pg'
import type { RecordedContext } from '../../policy/decision.ts'
import type { CallerKind, Mode, Outcome, Reason, SenderConstraint, TokenProblem } from '../../policy/vocabulary.ts'
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
  /** Of these callers, and with one of these scopes; all when absent. */
  readonly callers?: readonly string[] | null
  readonly scopes?: readonly string[] | null
  /** To the minute instead of the hour; only the last days are kept so. */
  readonly isByMinute?: boolean
}

/** Signatures are found by method and route, so that those recorded before the endpoint was declared count too. */
const totalsOf = (table: 'decision_hour' | 'decision_minute', unit: 'hour' | 'minute') => `
  SELECT s.id::text AS "signatureId", e.id AS "endpointId", s.evaluated, s.replayed, s.mode::text AS mode, s.outcome, s.reason,
    s.token_problem AS "tokenProblem", s.caller_kind AS "callerKind", s.caller, s.caller_hint AS "callerHint", s.issuer, s.scopes, s.sender, s.context,
    sum(h.count)::float8 AS count, (${sumTokenAges('h.token_ages')})::float8[] AS "tokenAges",
    greatest(min(h.bucket), s.first_at) AS "firstAt", least(max(h.bucket) + interval '1 ${unit}', s.last_at) AS "lastAt"
  FROM decision_signature s
  JOIN endpoint e ON e.environment_id = s.environment_id AND e.service_id = s.service_id AND e.method = s.method AND e.route = s.route
  JOIN ${table} h ON h.signature_id = s.id AND h.bucket >= date_trunc('${unit}', $2::timestamptz) AND h.bucket < $3
  WHERE s.environment_id = $1 AND ($4::uuid[] IS NULL OR e.id = ANY ($4)) AND s.last_at >= $2
    AND ($5::text[] IS NULL OR s.caller = ANY ($5)) AND ($6::text[] IS NULL OR s.scopes && $6)
  GROUP BY s.id, e.id`

const BY_HOUR = totalsOf('decision_hour', 'hour')
const BY_MINUTE = totalsOf('decision_minute', 'minute')

/** What was counted of each signature of the endpoints in a window. */
export async function readSignatureTotals(
  pool: pg.Pool,
  { environmentId, endpointIds, from, to, callers = null, scopes = null, isByMinute = false }: TotalsWindow,
): Promise<SignatureTotals[]> {
  const { rows } = await pool.query<SignatureTotals>(isByMinute ? BY_MINUTE : BY_HOUR, [
    environmentId,
    from,
    to,
    endpointIds,
    callers,
    scopes,
  ])
  return rows
}
