import type pg from 'pg'

export interface GrantUse {
  readonly grantId: string
  readonly clientId: string
  readonly serviceSlug: string
  readonly scope: string
  readonly use: 'used' | 'unused' | 'too-new' | 'not-known'
  /** Last request of the window that needed the scope and came with it. */
  readonly lastNeededAt: Date | null
}

/**
 * A grant is used where a rule asked for its scope and the holder's token carried it. Not judged are grants that did not exist
 * for a day, unless traffic replayed for their holder covers more than that, and scopes an endpoint that is off asks for.
 */
const USE = `
  WITH needed AS (
    SELECT s.caller, s.service_id, n.scope, max(s.last_at) AS last_at
    FROM decision_signature s
    JOIN endpoint e ON e.environment_id = s.environment_id AND e.service_id = s.service_id AND e.method = s.method AND e.route = s.route
    CROSS JOIN LATERAL jsonb_array_elements(e.rule -> 'requirements') AS r (requirement)
    CROSS JOIN LATERAL jsonb_array_elements_text(r.requirement -> 'allOf') AS n (scope)
    WHERE s.environment_id = $1 AND s.last_at > $2 AND s.evaluated AND s.caller IS NOT NULL AND n.scope = ANY (s.scopes)
    GROUP BY 1, 2, 3
  ), replayed AS (
    SELECT caller FROM decision_signature WHERE environment_id = $1 AND replayed AND caller IS NOT NULL
    GROUP BY caller HAVING max(last_at) - min(first_at) > interval '1 day'
  ), off AS (
    SELECT e.service_id, n.scope FROM endpoint e
    CROSS JOIN LATERAL jsonb_array_elements(e.rule -> 'requirements') AS r (requirement)
    CROSS JOIN LATERAL jsonb_array_elements_text(r.requirement -> 'allOf') AS n (scope)
    WHERE e.environment_id = $1 AND e.mode = 'off'
  )
  SELECT g.id AS "grantId", i.client_id AS "clientId", v.slug AS "serviceSlug", c.name AS scope, needed.last_at AS "lastNeededAt",
    CASE
      WHEN needed.last_at IS NOT NULL THEN 'used'
      WHEN g.created_at > now() - interval '1 day' AND NOT EXISTS (SELECT FROM replayed WHERE replayed.caller = i.client_id) THEN 'too-new'
      WHEN EXISTS (SELECT FROM off WHERE off.service_id = c.service_id AND off.scope = c.name) THEN 'not-known'
      ELSE 'unused'
    END AS use
  FROM "grant" g JOIN identity i ON i.id = g.identity_id JOIN scope c ON c.id = g.scope_id JOIN service v ON v.id = c.service_id
  LEFT JOIN needed ON needed.caller = i.client_id AND needed.service_id = c.service_id AND needed.scope = c.name
  WHERE g.environment_id = $1 AND (g.expires_at IS NULL OR g.expires_at > now())
  ORDER BY i.client_id, v.slug, c.name`

/** Whether the standing grants of an environment were needed since a time. */
export async function readGrantUse(pool: pg.Pool, environmentId: string, since: Date): Promise<GrantUse[]> {
  const { rows } = await pool.query<GrantUse>(USE, [environmentId, since])
  return rows
}
