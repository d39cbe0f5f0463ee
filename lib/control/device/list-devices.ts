import { z } from 'zod'
import type { Device } from '../../contract/catalog.ts'
import type { routes } from '../../contract/routes.ts'
import { requireRole, type Actor } from '../actor.ts'
import type { ControlContext } from '../context.ts'
import { parseCursor, toCursor, toPage, type Page } from '../cursor.ts'
import { getEnvironmentId } from '../environment/get-environment.ts'
import { toDevice } from './to-device.ts'

/** Newest first. */
export async function listDevices(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  query: z.output<typeof routes.listDevices.query>,
): Promise<Page<z.output<typeof Device>>> {
  requireRole(actor, 'viewer')
  const environmentId = await getEnvironmentId(ctx.database, environmentSlug)
  const after = parseCursor('devices', query.cursor, z.uuid())
  const rows = await ctx.database.knownDevice.findMany({
    where: {
      environmentId,
      ...(after ? { id: { lt: after[0] } } : {}),
      ...(query.caller === undefined ? {} : { caller: query.caller }),
    },
    orderBy: { id: 'desc' },
    take: query.limit + 1,
  })
  return toPage(rows, query.limit, toDevice, ({ id }) => toCursor('devices', id))
}
