import type pg from 'pg'
import { z } from 'zod'
import type { PageQuery } from '../../contract/primitives.ts'
import type { ServicePosture } from '../../contract/catalog.ts'
import { readServiceCounts, type ServiceCounts } from '#lib/store/decisions/read-service-counts.ts'
import { requireRole, type Actor } from '../actor.ts'
import type { ControlContext } from '../context.ts'
import { parseCursor, toCursor, toPage, type Page } from '../cursor.ts'
import { getEnvironmentId } from '../environment/get-environment.ts'
import { NO_INSTANCES, readInstanceCounts, type InstanceCounts } from '../instance/read-instance-counts.ts'
import { createStaleCache, perOwner } from '../serve-stale.ts'
import { getServiceRow } from './get-service-row.ts'
import { readServiceSettings, type ServiceSettings } from './read-service-settings.ts'
import { toService } from './to-service.ts'

const DAY_MS = 86_400_000
const FRESH_MS = 2_000
const STALE_MS = 15 * 60_000
const countsCacheOf = perOwner<pg.Pool, ReturnType<typeof createStaleCache<ServiceCounts[]>>>(() =>
  createStaleCache<ServiceCounts[]>({ freshMs: FRESH_MS, staleMs: STALE_MS }),
)
const NO_COUNTS = { allowed: 0, 'would-deny': 0, denied: 0, unevaluated: 0 }

type Posture = z.output<typeof ServicePosture>
type ServiceRow = Parameters<typeof toService>[0]

export async function listServices(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  query: z.output<typeof PageQuery>,
): Promise<Page<Posture>> {
  requireRole(actor, 'viewer')
  const environmentId = await getEnvironmentId(ctx.database, environmentSlug)
  const after = parseCursor('services', query.cursor, z.string())
  const rows = await ctx.database.service.findMany({
    ...(after ? { where: { slug: { gt: after[0] } } } : {}),
    orderBy: { slug: 'asc' },
    take: query.limit + 1,
  })
  const toPosture = await readPostures(ctx, environmentId)
  return toPage(rows, query.limit, toPosture, ({ slug }) => toCursor('services', slug))
}

export async function getServicePosture(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  slug: string,
): Promise<Posture> {
  requireRole(actor, 'viewer')
  const environmentId = await getEnvironmentId(ctx.database, environmentSlug)
  const row = await getServiceRow(ctx.database, slug)
  return (await readPostures(ctx, environmentId))(row)
}

async function readPostures(ctx: ControlContext, environmentId: string): Promise<(row: ServiceRow) => Posture> {
  const [settings, instances, counts] = await Promise.all([
    readServiceSettings(ctx.pool, environmentId),
    readInstanceCounts(ctx.pool, environmentId),
    countsCacheOf(ctx.pool)(environmentId, '', () =>
      readServiceCounts(ctx.pool, environmentId, new Date(Date.now() - DAY_MS)),
    ),
  ])
  const countsOf = new Map(counts.map((row) => [row.serviceId, row]))
  return (row) => toServicePosture(row, settings.get(row.id), instances.get(row.id), countsOf.get(row.id))
}

function toServicePosture(
  row: ServiceRow,
  settings: ServiceSettings | undefined,
  instances: InstanceCounts | undefined,
  counts: ServiceCounts | undefined,
): Posture {
  const { allowed, 'would-deny': wouldDeny, denied, unevaluated } = counts ?? NO_COUNTS
  return {
    ...toService(row),
    undeclaredMode: settings?.undeclaredMode ?? 'off',
    settingsVersion: settings?.version ?? 0,
    endpoints: settings?.endpoints ?? { off: 0, 'log-only': 0, enforce: 0, enforcePartial: 0 },
    instances: instances ?? NO_INSTANCES,
    last24Hours: { allowed, 'would-deny': wouldDeny, denied, unevaluated },
    revision: settings?.revision ?? null,
  }
}
