import type pg from 'pg'

/** How many endpoints' rules need a scope of a service. */
export async function countEndpointsByScope(
  pool: pg.Pool,
  environmentId: string,
): Promise<(serviceId: string, scope: string) => number> {
  const { rows } = await pool.query<{ serviceId: string; scope: string; endpoints: number }>(
    `SELECT e.service_id AS "serviceId", n.scope, count(*) AS endpoints
     FROM endpoint e
     CROSS JOIN LATERAL jsonb_array_elements(e.rule -> 'requirements') AS r (requirement)
     CROSS JOIN LATERAL jsonb_array_elements_text(r.requirement -> 'allOf') AS n (scope)
     WHERE e.environment_id = $1
     GROUP BY e.service_id, n.scope`,
    [environmentId],
  )
  const counts = new Map(rows.map(({ serviceId, scope, endpoints }) => [`${serviceId} ${scope}`, endpoints]))
  return (serviceId, scope) => counts.get(`${serviceId} ${scope}`) ?? 0
}
