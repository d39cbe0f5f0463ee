import { z } from 'zod'
import type { Instance } from '../../contract/catalog.ts'
import type { routes } from '../../contract/routes.ts'
import { INSTANCE_LIVE_SECONDS } from '#lib/store/decisions/read-live-instances.ts'
import { requireRole, type Actor } from '../actor.ts'
import type { ControlContext } from '../context.ts'
import { parseCursor, toCursor, toPage, type Page } from '../cursor.ts'
import { getEnvironmentId } from '../environment/get-environment.ts'

type Answer = z.output<typeof Instance>
type Row = Omit<Answer, 'startedAt' | 'lastSeenAt'> & { readonly startedAt: Date; readonly lastSeenAt: Date }

/** Gone for longer, an instance is history. */
const SHOWN_HOURS = 24

const INSTANCES = `
  SELECT i.id, v.slug AS "serviceSlug", i.workload, i.hostname, i.address, i.sdk_version AS "sdkVersion", i.node_version AS "nodeVersion",
    i.framework, i.state, i.revision, latest.revision AS "publishedRevision",
    coalesce(i.epoch = n.epoch::text AND i.revision = latest.revision AND i.state <> 'closed', false) AS confirmed,
    i.last_seen_at > now() - make_interval(secs => ${INSTANCE_LIVE_SECONDS}) AS live,
    i.started_at AS "startedAt", i.last_seen_at AS "lastSeenAt", i.dropped_total AS dropped
  FROM instance i JOIN environment n ON n.id = i.environment_id JOIN service v ON v.id = i.service_id
  LEFT JOIN LATERAL (
    SELECT revision FROM service_snapshot p WHERE p.environment_id = i.environment_id AND p.service_id = i.service_id ORDER BY revision DESC LIMIT 1
  ) latest ON true
  WHERE i.environment_id = $1 AND ($2::text IS NULL OR v.slug = $2) AND i.last_seen_at > now() - make_interval(hours => ${SHOWN_HOURS})
    AND ($3::text IS NULL OR (v.slug, i.hostname, i.id) > ($3, $4, $5::uuid))
  ORDER BY v.slug, i.hostname, i.id LIMIT $6`

/** Instances heard of in the last 24 hours, and the revision they confirm. */
export async function listInstances(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  query: z.output<typeof routes.listInstances.query>,
): Promise<Page<Answer>> {
  requireRole(actor, 'viewer')
  const environmentId = await getEnvironmentId(ctx.database, environmentSlug)
  const [slug, hostname, id] = parseCursor('instances', query.cursor, z.string(), z.string(), z.uuid()) ?? [
    null,
    null,
    null,
  ]
  const { rows } = await ctx.pool.query<Row>(INSTANCES, [
    environmentId,
    query.service ?? null,
    slug,
    hostname,
    id,
    query.limit + 1,
  ])
  return toPage(rows, query.limit, toInstance, (row) => toCursor('instances', row.serviceSlug, row.hostname, row.id))
}

const toInstance = (row: Row): Answer => ({
  ...row,
  startedAt: row.startedAt.toISOString(),
  lastSeenAt: row.lastSeenAt.toISOString(),
})
