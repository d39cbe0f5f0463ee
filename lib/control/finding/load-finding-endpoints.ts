import type pg from 'pg'
import type { Rule } from '../../policy/rule.ts'
import type { Mode } from '../../policy/vocabulary.ts'

export interface FindingEndpoint {
  readonly id: string
  readonly serviceId: string
  readonly serviceSlug: string
  readonly team: string
  readonly method: string
  readonly route: string
  readonly mode: Mode
  readonly rule: Rule | null
  /** Since when it is in its mode. */
  readonly since: Date
}

const ENDPOINTS = `
  SELECT e.id, e.service_id AS "serviceId", v.slug AS "serviceSlug", v.team, e.method, e.route, e.mode::text AS mode, e.rule,
    coalesce(m.at, e.created_at) AS since
  FROM endpoint e JOIN service v ON v.id = e.service_id
  LEFT JOIN LATERAL (
    SELECT max(at) AS at FROM mode_change c WHERE c.endpoint_id = e.id AND c.to_mode = e.mode AND c.from_mode <> c.to_mode
  ) m ON true
  WHERE e.environment_id = $1 AND ($2::text IS NULL OR v.slug = $2) ORDER BY v.slug, e.route, e.method`

export async function loadFindingEndpoints(
  pool: pg.Pool,
  environmentId: string,
  service: string | undefined,
): Promise<FindingEndpoint[]> {
  const { rows } = await pool.query<FindingEndpoint>(ENDPOINTS, [environmentId, service ?? null])
  return rows
}

/** How findings name an endpoint. */
export const toEndpointName = ({ id, serviceSlug, team, method, route }: FindingEndpoint) => ({
  endpointId: id,
  serviceSlug,
  team,
  method,
  route,
})
