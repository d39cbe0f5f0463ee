import { z } from 'zod'
import { ModeChange } from '../../contract/endpoint.ts'
import type { PageQuery } from '../../contract/primitives.ts'
import type { Mode } from '../../policy/vocabulary.ts'
import type { ModeChange as ModeChangeRow } from '#lib/store/generated/client.ts'
import { requireRole, type Actor } from '../actor.ts'
import type { ControlContext } from '../context.ts'
import { parseCursor, toCursor, toPage, type Page } from '../cursor.ts'
import { getEndpointRow } from '../endpoint/get-endpoint-row.ts'
import { getEnvironmentId } from '../environment/get-environment.ts'
import { toMode } from '../stored-mode.ts'
import { toModeChangeFacts } from './mode-change-facts.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const KEPT_MS = 30 * DAY_MS
const CALLERS_MAX = 100

type Answer = z.output<typeof ModeChange>
const Forecast = ModeChange.shape.forecast.unwrap()

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

const forecastOf = ({ forecast }: ModeChangeRow): Answer['forecast'] => Forecast.safeParse(forecast).data ?? null

/**
 * Counts are kept by the minute, and after a day by the hour. Those of the one in which the mode changed belong to this change
 * as far as they were decided in the new mode, which tells them apart where the mode is another than before.
 */
function windowSince({ at, fromMode, toMode: mode }: ModeChangeRow, nowMs: number): { from: Date; mode?: Mode } {
  const keptFromMs = nowMs - KEPT_MS
  if (fromMode === mode) return { from: new Date(Math.max(at.getTime(), keptFromMs)) }
  const bucketMs = nowMs - at.getTime() < DAY_MS ? MINUTE_MS : HOUR_MS
  const sinceMs = Math.floor(at.getTime() / bucketMs) * bucketMs
  return { from: new Date(Math.max(sinceMs, keptFromMs)), mode: toMode(mode) }
}

/** Callers that the newest change names, or one of the steps of enforcing for more that led to it. */
function findForeseen(newestFirst: readonly ModeChangeRow[]): Set<string> {
  const start = newestFirst.findIndex(({ fromMode }) => fromMode !== 'enforce')
  const steps = start < 0 ? newestFirst : newestFirst.slice(0, start + 1)
  return new Set(steps.flatMap((step) => forecastOf(step)?.callers ?? []).map(({ caller }) => caller.key))
}

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
      .map(({ key, label, denied }) => ({ caller: { key, kind: kindOf(key), name: label }, denied })),
  }
}

/** A caller's key starts with its kind. */
function kindOf(key: string): 'service' | 'integration' | 'user' | 'anonymous' {
  const kind = key.slice(0, key.indexOf(':'))
  return kind === 'service' || kind === 'integration' || kind === 'user' ? kind : 'anonymous'
}
