import type pg from 'pg'
import type { RecordedContext } from '../../policy/decision.ts'
import type { CallerKind, Mode, Outcome, Reason, SenderConstraint, TokenProblem } from '../../policy/vocabulary.ts'
import { AGED_COUNTS, toAgedFrom } from './aged-counts.ts'
import { countsByHour } from './counts-by-hour.ts'
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
  /** The first time ever. */
  readonly recordedFrom: Date
}

/** What was counted of a signature before a window, and not in it. */
export interface EarlierSignature extends SignatureTotals {
  /** Between two hours in which it was counted. */
  readonly longestPauseHours: number
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
}

/** What a signature `s` says, with the endpoint `e` it is found at. */
export const RECORDED_FACTS = `s.id::text AS "signatureId", e.id AS "endpointId", s.evaluated, s.replayed, s.mode::text AS mode, s.outcome, s.reason,
    s.token_problem AS "tokenProblem", s.caller_kind AS "callerKind", s.caller, s.caller_hint AS "callerHint", s.issuer, s.scopes, s.sender, s.context,
    s.first_at AS "recordedFrom"`

/** Signatures are found by method and route, so that those recorded before the endpoint was declared count too. */
const totalsWhere = (isWanted: string, extra = ''): string => `
  SELECT ${RECORDED_FACTS},
    sum(h.count)::float8 AS count, (${sumTokenAges('h.token_ages')})::float8[] AS "tokenAges",
    greatest(min(h.bucket), s.first_at) AS "firstAt", least(max(h.bucket_end), s.last_at) AS "lastAt"${extra}
  FROM decision_signature s
  JOIN endpoint e ON e.environment_id = s.environment_id AND e.service_id = s.service_id AND e.method = s.method AND e.route = s.route
  JOIN ${AGED_COUNTS} h ON h.signature_id = s.id
  WHERE s.environment_id = $1 AND ($4::uuid[] IS NULL OR e.id = ANY ($4)) AND ${isWanted}
    AND ($5::text[] IS NULL OR s.caller = ANY ($5)) AND ($6::text[] IS NULL OR s.scopes && $6)
  GROUP BY s.id, e.id`

/** The last use of a signature is known to the minute only. */
const TOTALS = totalsWhere(`s.last_at >= $2::timestamptz - interval '1 minute'`)

const LONGEST_PAUSE_HOURS = `coalesce((
    SELECT max(extract(epoch FROM pause)) / 3600 FROM (
      SELECT o.bucket - lag(o.bucket) OVER (ORDER BY o.bucket) AS pause FROM ${countsByHour('o', '$2', '$3')} WHERE o.signature_id = s.id
    ) AS pauses), 0)::float8`
const EARLIER = totalsWhere(
  `s.evaluated AND s.last_at >= $2 AND s.last_at < $3`,
  `, ${LONGEST_PAUSE_HOURS} AS "longestPauseHours"`,
)

/** What was counted of each signature of the endpoints in a window: to the hour, or to the day where days are folded. */
export async function readSignatureTotals(
  pool: pg.Pool,
  { environmentId, endpointIds, from, to, callers = null, scopes = null }: TotalsWindow,
): Promise<SignatureTotals[]> {
  const { rows } = await pool.query<SignatureTotals>(TOTALS, [
    environmentId,
    toAgedFrom(from),
    to,
    endpointIds,
    callers,
    scopes,
  ])
  return rows
}

/** The signatures that were used for the last time between two moments. */
export async function readEarlierSignatures(
  pool: pg.Pool,
  { environmentId, endpointIds, from, to, callers = null, scopes = null }: TotalsWindow,
): Promise<EarlierSignature[]> {
  const window = [toAgedFrom(from), toAgedFrom(to)]
  const { rows } = await pool.query<EarlierSignature>(EARLIER, [environmentId, ...window, endpointIds, callers, scopes])
  return rows
}
