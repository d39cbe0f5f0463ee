import { z } from 'zod'
import type { ModeChangeMark, ModeChangeMarkQuery } from '../../contract/endpoint.ts'
import type { Prisma } from '#lib/store/generated/client.ts'
import { requireRole, type Actor } from '../actor.ts'
import type { ControlContext } from '../context.ts'
import { parseCursor, toCursor, toPage, type Page } from '../cursor.ts'
import { toDecisionWindow } from '../decision/decision-window.ts'
import { getEnvironmentId } from '../environment/get-environment.ts'
import { toModeChangeFacts } from './mode-change-facts.ts'

const LIST = 'mode-change-marks'
const include = { endpoint: { include: { service: { select: { slug: true } } } } } as const
type Row = Prisma.ModeChangeGetPayload<{ include: typeof include }>

/** Mode changes of a window, of all endpoints or those of a service, newest first. */
export async function listModeChangeMarks(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  query: z.output<typeof ModeChangeMarkQuery>,
): Promise<Page<z.output<typeof ModeChangeMark>>> {
  requireRole(actor, 'viewer')
  const keys = parseCursor(LIST, query.cursor, z.iso.datetime(), z.uuid())
  const environmentId = await getEnvironmentId(ctx.database, environmentSlug)
  const rows = await ctx.database.modeChange.findMany({
    where: { AND: [toWhere(environmentId, query), keys === undefined ? {} : isAfter(new Date(keys[0]), keys[1])] },
    include,
    orderBy: [{ at: 'desc' }, { id: 'desc' }],
    take: query.limit + 1,
  })
  return toPage(rows, query.limit, toMark, ({ at, id }) => toCursor(LIST, at.toISOString(), id))
}

function toWhere(environmentId: string, query: z.output<typeof ModeChangeMarkQuery>): Prisma.ModeChangeWhereInput {
  const { from, to } = toDecisionWindow(query)
  return {
    environmentId,
    at: { gte: from, lt: to },
    ...(query.endpoint === undefined ? {} : { endpointId: query.endpoint }),
    ...(query.service === undefined ? {} : { endpoint: { service: { slug: query.service } } }),
  }
}

const isAfter = (at: Date, id: string): Prisma.ModeChangeWhereInput => ({
  OR: [{ at: { lt: at } }, { at, id: { lt: id } }],
})

const toMark = (row: Row): z.output<typeof ModeChangeMark> => ({
  ...toModeChangeFacts(row),
  endpointId: row.endpointId,
  serviceSlug: row.endpoint.service.slug,
  method: row.endpoint.method,
  route: row.endpoint.route,
})
