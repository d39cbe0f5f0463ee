import type { z } from 'zod'
import type { SearchResult } from '../../contract/catalog.ts'
import type { routes } from '../../contract/routes.ts'
import { requireRole, type Actor } from '../actor.ts'
import type { ControlContext } from '../context.ts'
import { getEnvironmentId } from '../environment/get-environment.ts'

type Result = z.output<typeof SearchResult>

/** Every object as kind, id, title, subtitle and mode; a title that starts with the words comes first. */
const SEARCH = `
  WITH object AS (
    SELECT 'service' AS kind, v.id, v.name AS title, v.slug AS subtitle, NULL AS mode, '/services/' || v.slug AS path, v.slug || ' ' || v.name || ' ' || v.team AS words
    FROM service v
    UNION ALL
    SELECT 'endpoint', e.id, e.method || ' ' || e.route, v.name, e.mode::text, '/endpoints/' || e.id, e.method || ' ' || e.route || ' ' || v.slug || ' ' || v.name
    FROM endpoint e JOIN service v ON v.id = e.service_id WHERE e.environment_id = $1
    UNION ALL
    SELECT 'identity', i.id, i.name, i.client_id, NULL, '/identities/' || i.client_id, i.client_id || ' ' || i.name
    FROM identity i
    UNION ALL
    SELECT 'scope', s.id, s.name, v.name, NULL, '/scopes/' || s.id, s.name || ' ' || v.slug || ' ' || v.name || ' ' || s.description
    FROM scope s JOIN service v ON v.id = s.service_id
    UNION ALL
    SELECT 'issuer', n.id, n.name, n.issuer, NULL, '/settings/issuers', n.name || ' ' || n.issuer
    FROM issuer n WHERE n.environment_id = $1
  )
  SELECT kind, id, title, subtitle, mode, path FROM object
  WHERE lower(words) LIKE ALL ($2::text[])
  ORDER BY (lower(title) = $3 OR lower(subtitle) = $3) DESC, starts_with(lower(title), $3) DESC, starts_with(lower(words), $3) DESC,
    array_position(ARRAY['service', 'endpoint', 'identity', 'scope', 'issuer'], kind), title, id
  LIMIT $4`

export async function searchObjects(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  query: z.output<typeof routes.search.query>,
): Promise<{ items: Result[] }> {
  requireRole(actor, 'viewer')
  const environmentId = await getEnvironmentId(ctx.database, environmentSlug)
  const text = query.q.normalize('NFC').toLowerCase()
  const patterns = text.split(/\s+/).map((word) => `%${word.replaceAll(/[\\%_]/g, '\\$&')}%`)
  const { rows } = await ctx.pool.query<Result>(SEARCH, [environmentId, patterns, text, query.limit])
  return { items: rows }
}
