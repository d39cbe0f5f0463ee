import type pg from 'pg'
import type { CallerKind } from '../../policy/vocabulary.ts'

export interface KnownCaller {
  readonly endpointId: string
  readonly callerKind: CallerKind
  readonly caller: string
  readonly lastAt: Date
}

/** Callers that an endpoint has had since a time, by name; anonymous ones cannot be known again. */
export async function readKnownCallers(
  pool: pg.Pool,
  environmentId: string,
  endpointIds: readonly string[] | null,
  since: Date,
): Promise<KnownCaller[]> {
  const { rows } = await pool.query<KnownCaller>(
    `SELECT e.id AS "endpointId", s.caller_kind AS "callerKind", s.caller, max(s.last_at) AS "lastAt"
     FROM decision_signature s
     JOIN endpoint e ON e.environment_id = s.environment_id AND e.service_id = s.service_id AND e.method = s.method AND e.route = s.route
     WHERE s.environment_id = $1 AND s.last_at > $2 AND s.caller IS NOT NULL AND ($3::uuid[] IS NULL OR e.id = ANY ($3))
     GROUP BY 1, 2, 3`,
    [environmentId, since, endpointIds],
  )
  return rows
}
