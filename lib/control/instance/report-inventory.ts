import type { InventoryReceipt } from '../../contract/machine.ts'
import { systemActor } from '../actor.ts'
import { appendAuditEntry } from '../audit/append-audit-entry.ts'
import type { ControlContext, Tx } from '../context.ts'
import { ControlError } from '../control-error.ts'
import { lockEnvironment, publishRevision } from '../publication/publish-revision.ts'

const ENDPOINTS_MAX = 5_000
/** A route's last sighting is written at most this often. */
const SEEN_AGAIN_AFTER_MS = 60_000
const AUDITED_ROUTES_MAX = 100

interface Route {
  readonly method: string
  readonly route: string
}

interface ReportingService {
  readonly environmentId: string
  readonly environmentSlug: string
  readonly serviceId: string
  readonly serviceSlug: string
}

/** Routes that an instance serves: new ones become endpoints with mode off, known ones are seen again. */
export async function reportInventory(
  context: ControlContext,
  service: ReportingService,
  reported: readonly Route[],
  requestId: string,
): Promise<InventoryReceipt> {
  const routes = withoutRepetitions(reported)
  const known = await readKnownRoutes(context, service)
  const fresh = routes.filter((route) => !known.has(keyOf(route)))
  const stale = routes
    .map((route) => known.get(keyOf(route)))
    .filter((endpoint) => endpoint !== undefined && isStale(endpoint.lastSeenAt))
  if (known.size + fresh.length > ENDPOINTS_MAX)
    throw new ControlError(
      'conflict',
      `${service.serviceSlug} would have more than ${ENDPOINTS_MAX} endpoints. Are parameters missing in its route templates?`,
    )
  if (stale.length > 0)
    await context.database.endpoint.updateMany({
      where: { id: { in: stale.map((endpoint) => endpoint?.id ?? '') } },
      data: { lastSeenAt: new Date() },
    })
  return fresh.length > 0
    ? context.transact((tx) => addEndpoints(tx, service, fresh, requestId))
    : { created: 0, revision: await readRevision(context, service) }
}

async function addEndpoints(
  tx: Tx,
  service: ReportingService,
  routes: readonly Route[],
  requestId: string,
): Promise<InventoryReceipt> {
  const { environmentId, environmentSlug, serviceId, serviceSlug } = service
  const { revision } = await lockEnvironment(tx, environmentId)
  const added = await tx.endpoint.createManyAndReturn({
    data: routes.map(({ method, route }) => ({
      environmentId,
      serviceId,
      method,
      route,
      source: 'discovered' as const,
      lastSeenAt: new Date(),
    })),
    skipDuplicates: true,
    select: { method: true, route: true },
  })
  // Another instance of the service told of them at the same moment.
  if (added.length === 0) return { created: 0, revision }
  const auditEntryId = await appendAuditEntry(tx, {
    actor: { ...systemActor('inventory'), name: `${serviceSlug} (instance)`, requestId },
    action: 'endpoint.discover',
    environment: environmentSlug,
    target: { kind: 'service', id: serviceId, name: serviceSlug },
    before: null,
    after: {
      count: added.length,
      endpoints: added.slice(0, AUDITED_ROUTES_MAX).map(({ method, route }) => `${method} ${route}`),
    },
  })
  const summary =
    added.length === 1
      ? `${serviceSlug} reported a new endpoint`
      : `${serviceSlug} reported ${added.length} new endpoints`
  const { number } = await publishRevision(tx, { environmentId, summary, actorName: serviceSlug, auditEntryId })
  return { created: added.length, revision: number }
}

const keyOf = ({ method, route }: Route): string => `${method} ${route}`
const withoutRepetitions = (routes: readonly Route[]): Route[] => [
  ...new Map(routes.map((route) => [keyOf(route), route])).values(),
]
const isStale = (lastSeenAt: Date | null): boolean =>
  lastSeenAt === null || Date.now() - lastSeenAt.getTime() > SEEN_AGAIN_AFTER_MS

async function readKnownRoutes({ database }: ControlContext, { environmentId, serviceId }: ReportingService) {
  const endpoints = await database.endpoint.findMany({
    where: { environmentId, serviceId },
    select: { id: true, method: true, route: true, lastSeenAt: true },
  })
  return new Map(endpoints.map((endpoint) => [keyOf(endpoint), endpoint]))
}

async function readRevision({ database }: ControlContext, { environmentId }: ReportingService): Promise<number> {
  const { revision } = await database.environment.findUniqueOrThrow({
    where: { id: environmentId },
    select: { revision: true },
  })
  return revision
}
