import type pg from 'pg'
import type { z } from 'zod'
import { TOKEN_EVENTS, type TokenActivity, type TokenActivityQuery } from '../../contract/token-activity.ts'
import type { CredentialKind } from '../../policy/vocabulary.ts'
import { requireRole, type Actor } from '../actor.ts'
import type { ControlContext } from '../context.ts'
import { ControlError } from '../control-error.ts'
import { getEnvironmentId } from '../environment/get-environment.ts'

const HOUR_MS = 3_600_000
const DEFAULT_SPAN_MS = 24 * HOUR_MS
const HOURS_MAX = 24 * 31
const ITEMS_MAX = 200

interface Span {
  readonly environmentId: string
  readonly from: Date
  readonly to: Date
  readonly clientId: string | null
}

/** What the token endpoints answered, by the hour and by whom. */
export async function readTokenActivity(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  query: z.output<typeof TokenActivityQuery>,
): Promise<z.output<typeof TokenActivity>> {
  requireRole(actor, 'viewer')
  const environmentId = await getEnvironmentId(ctx.database, environmentSlug)
  const span = { environmentId, clientId: query.clientId ?? null, ...toSpan(query) }
  const [counts, items] = await Promise.all([readHours(ctx.pool, span), readItems(ctx.pool, span)])
  return { ...toSeries(counts, span), items }
}

function toSpan({ from, to }: z.output<typeof TokenActivityQuery>): { from: Date; to: Date } {
  const end = to === undefined ? new Date() : new Date(to)
  const start = from === undefined ? new Date(end.getTime() - DEFAULT_SPAN_MS) : new Date(from)
  const hours = (end.getTime() - start.getTime()) / HOUR_MS
  if (hours <= 0) throw refused('/to', 'must be after from')
  if (hours > HOURS_MAX) throw refused('/from', 'must be at most 31 days before to')
  return { from: new Date(Math.floor(start.getTime() / HOUR_MS) * HOUR_MS), to: end }
}

const refused = (pointer: string, detail: string) =>
  new ControlError('invalid-value', `${pointer.slice(1)} ${detail}.`, [{ pointer, detail }])

const FILTER = `environment_id = $1 AND hour >= $2 AND hour < $3 AND ($4::text IS NULL OR client_id = $4)`
const toParameters = ({ environmentId, from, to, clientId }: Span) => [environmentId, from, to, clientId]

interface HourCount {
  readonly event: (typeof TOKEN_EVENTS)[number]
  readonly hour: Date
  readonly count: string
}

async function readHours(pool: pg.Pool, span: Span): Promise<HourCount[]> {
  const { rows } = await pool.query<HourCount>(
    `SELECT event, hour, sum(count) AS count FROM token_activity WHERE ${FILTER} GROUP BY event, hour`,
    toParameters(span),
  )
  return rows
}

function toSeries(counts: readonly HourCount[], { from, to }: Span) {
  const starts: number[] = []
  for (let start = from.getTime(); start < to.getTime(); start += HOUR_MS) starts.push(start)
  const byKey = new Map(counts.map(({ event, hour, count }) => [`${event} ${hour.getTime()}`, Number(count)]))
  return {
    hours: starts.map((start) => new Date(start).toISOString()),
    series: TOKEN_EVENTS.map((event) => ({
      event,
      counts: starts.map((start) => byKey.get(`${event} ${start}`) ?? 0),
    })),
  }
}

interface ItemRow {
  readonly clientId: string
  readonly event: (typeof TOKEN_EVENTS)[number]
  readonly detail: string
  readonly audience: string
  readonly credentialKind: CredentialKind | ''
  readonly count: string
  readonly lifetimeSecondsMax: number | null
  readonly firstAt: Date
  readonly lastAt: Date
}

async function readItems(pool: pg.Pool, span: Span): Promise<z.output<typeof TokenActivity>['items']> {
  const { rows } = await pool.query<ItemRow>(
    `SELECT client_id AS "clientId", event, detail, audience, credential_kind AS "credentialKind", sum(count) AS count,
       max(lifetime_seconds_max) AS "lifetimeSecondsMax", min(first_at) AS "firstAt", max(last_at) AS "lastAt"
     FROM token_activity WHERE ${FILTER}
     GROUP BY 1, 2, 3, 4, 5 ORDER BY max(last_at) DESC, 1, 2, 3, 4, 5 LIMIT ${ITEMS_MAX}`,
    toParameters(span),
  )
  return rows.map((row) => ({
    ...row,
    credentialKind: row.credentialKind === '' ? null : row.credentialKind,
    count: Number(row.count),
    firstAt: row.firstAt.toISOString(),
    lastAt: row.lastAt.toISOString(),
  }))
}
