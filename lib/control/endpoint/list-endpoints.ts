import type { z } from 'zod'
import type { EndpointQuery } from '../../contract/endpoint.ts'
import { requireRole, type Actor } from '../actor.ts'
import type { ControlContext } from '../context.ts'
import { cutPage, type Page } from '../cursor.ts'
import { getEnvironmentRow } from '../environment/get-environment.ts'
import { endpointInclude, type EndpointRow } from './audited-endpoint.ts'
import { getEndpointRow } from './get-endpoint-row.ts'
import { orderEndpoints } from './order-endpoints.ts'
import { readEndpointStates } from './read-endpoint-states.ts'
import { toEndpoint, type EndpointAnswer } from './to-endpoint.ts'

type Query = z.output<typeof EndpointQuery>

/** Filtered and sorted here rather than in SQL: traffic and readiness, which it sorts by, are not columns. */
export async function listEndpoints(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  query: Query,
): Promise<Page<EndpointAnswer> & { total: number }> {
  requireRole(actor, 'viewer')
  const environment = await getEnvironmentRow(ctx.database, environmentSlug)
  const [rows, stateOf] = await Promise.all([
    findRows(ctx, environment.id, query),
    readEndpointStates(ctx, environment),
  ])
  const matching = rows
    .map((row) => toEndpoint(row, stateOf(row)))
    .filter(({ readiness }) => query.readiness === undefined || query.readiness.includes(readiness))
  return {
    ...cutPage('endpoints', orderEndpoints(matching, query), query, ({ id }) => id),
    total: matching.length,
  }
}

export async function getEndpoint(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  id: string,
): Promise<EndpointAnswer> {
  requireRole(actor, 'viewer')
  const environment = await getEnvironmentRow(ctx.database, environmentSlug)
  const row = await getEndpointRow(ctx.database, environment.id, id)
  return toEndpoint(row, (await readEndpointStates(ctx, environment))(row))
}

/** Several, in the order of their ids. */
export async function getEndpoints(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  ids: readonly string[],
): Promise<EndpointAnswer[]> {
  requireRole(actor, 'viewer')
  const environment = await getEnvironmentRow(ctx.database, environmentSlug)
  const rows = await ctx.database.endpoint.findMany({
    where: { environmentId: environment.id, id: { in: [...ids] } },
    include: endpointInclude,
  })
  const stateOf = await readEndpointStates(ctx, environment)
  const byId = new Map(rows.map((row) => [row.id, toEndpoint(row, stateOf(row))]))
  return ids.flatMap((id) => byId.get(id) ?? [])
}

/** Columns of an endpoint's row, as the store's client names them; that client takes four times as long for a whole fleet. */
const ROWS = `
  SELECT e.id, e.environment_id AS "environmentId", e.service_id AS "serviceId", e.method, e.route, e.description, e.source::text AS source,
    replace(e.mode::text, '-', '_') AS mode, e.percent, e.rule, e.version, e.created_at AS "createdAt", e.updated_at AS "updatedAt",
    e.last_seen_at AS "lastSeenAt", json_build_object('slug', v.slug, 'name', v.name) AS service
  FROM endpoint e JOIN service v ON v.id = e.service_id
  WHERE e.environment_id = $1 AND ($2::text[] IS NULL OR v.slug = ANY ($2)) AND ($3::text[] IS NULL OR e.mode::text = ANY ($3))
    AND ($4::text[] IS NULL OR e.method = ANY ($4))`

async function findRows(
  ctx: ControlContext,
  environmentId: string,
  { service, mode, method, q = '' }: Query,
): Promise<EndpointRow[]> {
  const { rows } = await ctx.pool.query<EndpointRow>(ROWS, [
    environmentId,
    service ?? null,
    mode ?? null,
    method ?? null,
  ])
  const words = q.normalize('NFC').toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return rows
  return rows.filter((row) =>
    containsAll(`${row.method} ${row.route} ${row.service.slug} ${row.service.name}`.toLowerCase(), words),
  )
}

const containsAll = (text: string, words: readonly string[]): boolean => words.every((word) => text.includes(word))
