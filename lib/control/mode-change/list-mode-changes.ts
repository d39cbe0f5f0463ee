import { z } from 'zod'
import type { ModeChange } from '../../contract/endpoint.ts'
import type { PageQuery } from '../../contract/primitives.ts'
import type { ModeChange as ModeChangeRow } from '#lib/store/generated/client.ts'
import { requireRole, type Actor } from '../actor.ts'
import type { ControlContext } from '../context.ts'
import { parseCursor, toCursor, toPage, type Page } from '../cursor.ts'
import { getEndpointRow } from '../endpoint/get-endpoint-row.ts'
import { getEnvironmentId } from '../environment/get-environment.ts'
import { callerOfKey } from './caller-of-key.ts'
import { findEnforcedRun, forecastOf, windowSince } from './enforced-run.ts'
import { toModeChangeFacts } from './mode-change-facts.ts'

const CALLERS_MAX = 100

type Answer = z.output<typeof ModeChange>

/** Newest first; the newest one says what happened since. */
export async function listModeChanges(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  endpointId: string,
  query: z.output<typeof PageQuery>,
): Promise<Page<Answer>> {
  requireRole(actor, 'viewer')
  const environmentId = await getEnvironmentId(ctx.database, environmentSlug)
  await getEndpointRow(ctx.database, environmentId, endpointId)
  const after = parseCursor('mode-changes', query.cursor, z.uuid())
  const rows = await ctx.database.modeChange.findMany({
    where: { endpointId, ...(after ? { id: { lt: after[0] } } : {}) },
    orderBy: { id: 'desc' },
    take: query.limit + 1,
  })
  const newest = after ? null : (rows[0] ?? null)
  const actual = newest && (await readActual(ctx, newest, findForeseen(rows)))
  return toPage(
    rows,
    query.limit,
    (row) => toModeChange(row, row === newest ? actual : null),
    ({ id }) => toCursor('mode-changes', id),
  )
}

const toModeChange = (row: ModeChangeRow, actual: Answer['actual']): Answer => ({
  ...toModeChangeFacts(row),
  forecast: forecastOf(row),
  actual,
})

/** Callers that the newest change names, or one of the steps of enforcing for more that led to it. */
const findForeseen = (newestFirst: readonly ModeChangeRow[]): Set<string> =>
  new Set(
    findEnforcedRun(newestFirst)
      .flatMap((step) => forecastOf(step)?.callers ?? [])
      .map(({ caller }) => caller.key),
  )

async function readActual(
  ctx: ControlContext,
  row: ModeChangeRow,
  foreseen: ReadonlySet<string>,
): Promise<Answer['actual']> {
  const to = new Date()
  const callers = await ctx.decisions.counts.readTop(
    { environmentId: row.environmentId, endpoint: row.endpointId, to, ...windowSince(row, to.getTime()) },
    'caller',
    CALLERS_MAX,
  )
  return {
    requests: callers.reduce((sum, caller) => sum + caller.allowed + caller['would-deny'] + caller.denied, 0),
    denied: callers.reduce((sum, { denied }) => sum + denied, 0),
    unforeseen: callers
      .filter(({ key, denied }) => denied > 0 && !foreseen.has(key))
      .map(({ key, label, denied }) => ({ caller: callerOfKey(key, label), denied })),
  }
}
