import type pg from 'pg'
import type { CallerKind } from '../../policy/vocabulary.ts'
import { AGED_COUNTS, toAgedFrom } from './aged-counts.ts'
import { sumTokenAges } from './sum-token-ages.ts'

/** What was counted of valid tokens of one kind: of one caller, for one service, with the same scopes. */
export interface TokenUses {
  readonly callerKind: Exclude<CallerKind, 'anonymous'>
  readonly caller: string
  readonly serviceSlug: string
  readonly scopes: readonly string[]
  readonly ages: readonly number[]
  /** Of the uses, those that are recorded traffic replayed. */
  readonly replayed: number
  readonly firstAt: Date
  readonly lastAt: Date
}

const USES = `
  SELECT s.caller_kind AS "callerKind", s.caller, v.slug AS "serviceSlug", s.scopes, (${sumTokenAges('h.token_ages')})::float8[] AS ages,
    coalesce(sum(h.count) FILTER (WHERE s.replayed), 0)::float8 AS replayed,
    greatest(min(h.bucket), min(s.first_at)) AS "firstAt", least(max(h.bucket_end), max(s.last_at)) AS "lastAt"
  FROM decision_signature s JOIN service v ON v.id = s.service_id
  JOIN ${AGED_COUNTS} h ON h.signature_id = s.id AND h.token_ages IS NOT NULL
  WHERE s.environment_id = $1 AND s.last_at >= $2 AND s.evaluated AND s.token_problem IS NULL AND s.caller IS NOT NULL
  GROUP BY s.caller_kind, s.caller, v.slug, s.scopes
  ORDER BY s.caller_kind, s.caller, v.slug, s.scopes`

/** Ages of valid tokens at use since a time: to the hour, or to the day where days are folded. */
export async function readTokenUses(pool: pg.Pool, environmentId: string, since: Date): Promise<TokenUses[]> {
  const { rows } = await pool.query<TokenUses>(USES, [environmentId, toAgedFrom(since), new Date()])
  return rows
}
