import type pg from 'pg'

export interface GrantUse {
  readonly grantId: string
  readonly clientId: string
  readonly scopeId: string
  readonly serviceSlug: string
  readonly scope: string
  readonly use: 'used' | 'unused' | 'too-new' | 'not-known'
  /** Last request of the window that needed the scope and came with it. */
  readonly lastNeededAt: Date | null
  /** Since when the holder could have been seen to need it; null where the service has reported nothing that was evaluated. */
  readonly watchedFrom: Date | null
  /** Endpoints whose rule asks for the scope. */
  readonly opens: number
  /** Of those, the endpoints where the holder needed it in the window. */
  readonly neededAt: readonly { readonly id: string; readonly method: string; readonly route: string }[]
}

/**
 * A grant is used where a rule asked for its scope and the holder's token carried it. Not judged are grants that did not exist
 * for a day, unless traffic replayed for their holder covers more than that, and scopes an endpoint that is off asks for.
 */
const USE = `
  WITH asked AS (
    SELECT e.id, e.service_id, e.method, e.route, e.mode, n.scope FROM endpoint e
    CROSS JOIN LATERAL jsonb_array_elements(e.rule -> 'requirements') AS r (requirement)
    CROSS JOIN LATERAL jsonb_array_elements_text(r.requirement -> 'allOf') AS n (scope)
    WHERE e.environment_id = $1
  ), needed_at AS (
    SELECT s.caller, a.service_id, a.scope, a.id, a.method, a.route, max(s.last_at) AS last_at
    FROM decision_signature s JOIN asked a ON a.service_id = s.service_id AND a.method = s.method AND a.route = s.route AND a.scope = ANY (s.scopes)
    WHERE s.environment_id = $1 AND s.last_at > $2 AND s.evaluated AND s.caller IS NOT NULL
    GROUP BY s.caller, a.service_id, a.scope, a.id, a.method, a.route
  ), needed AS (
    SELECT caller, service_id, scope, max(last_at) AS last_at,
      json_agg(json_build_object('id', id, 'method', method, 'route', route) ORDER BY route, method) AS endpoints
    FROM needed_at GROUP BY caller, service_id, scope
  ), opened AS (
    SELECT service_id, scope, count(*)::int AS endpoints, bool_or(mode = 'off') AS off FROM asked GROUP BY service_id, scope
  ), replayed AS (
    SELECT caller, min(first_at) AS first_at, max(last_at) - min(first_at) > interval '1 day' AS long FROM decision_signature
    WHERE environment_id = $1 AND replayed AND caller IS NOT NULL GROUP BY caller
  ), watched AS (
    SELECT service_id, min(first_at) AS first_at FROM decision_signature WHERE environment_id = $1 AND evaluated GROUP BY service_id
  )
  SELECT g.id AS "grantId", i.client_id AS "clientId", c.id AS "scopeId", v.slug AS "serviceSlug", c.name AS scope, needed.last_at AS "lastNeededAt",
    CASE WHEN watched.first_at IS NULL THEN NULL ELSE greatest(least(g.created_at, replayed.first_at), watched.first_at) END AS "watchedFrom",
    coalesce(opened.endpoints, 0) AS opens, coalesce(needed.endpoints, '[]') AS "neededAt",
    CASE
      WHEN needed.last_at IS NOT NULL THEN 'used'
      WHEN g.created_at > now() - interval '1 day' AND replayed.long IS NOT TRUE THEN 'too-new'
      WHEN opened.off THEN 'not-known'
      ELSE 'unused'
    END AS use
  FROM "grant" g JOIN identity i ON i.id = g.identity_id JOIN scope c ON c.id = g.scope_id JOIN service v ON v.id = c.service_id
  LEFT JOIN needed ON needed.caller = i.client_id AND needed.service_id = c.service_id AND needed.scope = c.name
  LEFT JOIN opened ON opened.service_id = c.service_id AND opened.scope = c.name
  LEFT JOIN replayed ON replayed.caller = i.client_id
  LEFT JOIN watched ON watched.service_id = c.service_id
  WHERE g.environment_id = $1 AND (g.expires_at IS NULL OR g.expires_at > now())
  ORDER BY i.client_id, v.slug, c.name`

/** Whether the standing grants of an environment were needed since a time. */
export async function readGrantUse(pool: pg.Pool, environmentId: string, since: Date): Promise<GrantUse[]> {
  const { rows } = await pool.query<GrantUse>(USE, [environmentId, since])
  return rows
}
