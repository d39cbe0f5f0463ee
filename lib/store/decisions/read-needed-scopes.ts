import type pg from "pg";

export interface NeededScope {
  readonly clientId: string;
  readonly serviceId: string;
  readonly scope: string;
  readonly lastNeededAt: Date;
}

/** Scopes that callers' tokens carried where an endpoint's rule asked for them: the ones that are used. */
const NEEDED = `
  SELECT s.caller AS "clientId", s.service_id AS "serviceId", needed.scope, max(s.last_at) AS "lastNeededAt"
  FROM decision_signature s
  JOIN endpoint e ON e.environment_id = s.environment_id AND e.service_id = s.service_id AND e.method = s.method AND e.route = s.route
  CROSS JOIN LATERAL jsonb_array_elements(e.rule -> 'requirements') AS r (requirement)
  CROSS JOIN LATERAL jsonb_array_elements_text(r.requirement -> 'allOf') AS needed (scope)
  WHERE s.environment_id = $1 AND s.last_at > $2 AND s.evaluated AND s.caller IS NOT NULL AND needed.scope = ANY (s.scopes)
  GROUP BY 1, 2, 3`;

export async function readNeededScopes(
  pool: pg.Pool,
  environmentId: string,
  since: Date,
): Promise<NeededScope[]> {
  const { rows } = await pool.query<NeededScope>(NEEDED, [
    environmentId,
    since,
  ]);
  return rows;
}
