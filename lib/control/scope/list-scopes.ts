import { z } from 'zod'
import type { ScopePosture } from '../../contract/catalog.ts'
import type { routes } from '../../contract/routes.ts'
import type { Prisma } from '#lib/store/generated/client.ts'
import { requireRole, type Actor } from '../actor.ts'
import type { ControlContext } from '../context.ts'
import { parseCursor, toCursor, toPage, type Page } from '../cursor.ts'
import { getEnvironmentId } from '../environment/get-environment.ts'
import { readGrantUses } from '../grant/read-grant-uses.ts'
import { grantInclude, toGrant } from '../grant/to-grant.ts'
import { getScopeRow } from './get-scope-row.ts'
import { countEndpointsByScope } from './count-endpoints-by-scope.ts'
import { scopeInclude, toScope } from './to-scope.ts'

type Posture = z.output<typeof ScopePosture>
type ScopeRow = Parameters<typeof toScope>[0] & { readonly serviceId: string }
type Query = z.output<typeof routes.listScopes.query>

export async function listScopes(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  query: Query,
): Promise<Page<Posture>> {
  requireRole(actor, 'viewer')
  const environmentId = await getEnvironmentId(ctx.database, environmentSlug)
  const rows = await ctx.database.scope.findMany({
    where: whereOf(query),
    include: scopeInclude,
    orderBy: [{ service: { slug: 'asc' } }, { name: 'asc' }],
    take: query.limit + 1,
  })
  const toPosture = await readPostures(ctx, environmentId, rows)
  return toPage(rows, query.limit, toPosture, ({ service, name }) => toCursor('scopes', service.slug, name))
}

export async function getScopePosture(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  id: string,
): Promise<Posture> {
  requireRole(actor, 'viewer')
  const environmentId = await getEnvironmentId(ctx.database, environmentSlug)
  const row = await getScopeRow(ctx.database, id)
  return (await readPostures(ctx, environmentId, [row]))(row)
}

function whereOf({ cursor, service, q }: Query): Prisma.ScopeWhereInput {
  const after = parseCursor('scopes', cursor, z.string(), z.string())
  return {
    AND: [
      after
        ? { OR: [{ service: { slug: { gt: after[0] } } }, { service: { slug: after[0] }, name: { gt: after[1] } }] }
        : {},
      service === undefined ? {} : { service: { slug: service } },
      ...wordsOf(q).map((word) => ({
        OR: [{ name: contains(word) }, { description: contains(word) }, { service: { slug: contains(word) } }],
      })),
    ],
  }
}

const wordsOf = (q = ''): string[] => q.split(/\s+/).filter(Boolean)
const contains = (word: string) => ({ contains: word.replaceAll(/[\\%_]/g, '\\$&'), mode: 'insensitive' as const })

async function readPostures(
  ctx: ControlContext,
  environmentId: string,
  rows: readonly ScopeRow[],
): Promise<(row: ScopeRow) => Posture> {
  const [grants, uses, endpoints] = await Promise.all([
    ctx.database.grant.findMany({
      where: { environmentId, scopeId: { in: rows.map(({ id }) => id) } },
      include: grantInclude,
      orderBy: { identity: { clientId: 'asc' } },
    }),
    readGrantUses(ctx.pool, environmentId),
    countEndpointsByScope(ctx.pool, environmentId),
  ])
  const holders = Map.groupBy(grants, ({ scopeId }) => scopeId)
  return (row) => ({
    ...toScope(row),
    endpoints: endpoints(row.serviceId, row.name),
    holders: (holders.get(row.id) ?? []).map((grant) => toGrant(grant, uses.get(grant.id))),
  })
}
