import { requireRole, type Actor } from '../../actor.ts'
import type { ControlContext } from '../../context.ts'
import { ControlError } from '../../control-error.ts'
import { lockEnvironmentBySlug } from '../../publication/lock-environments.ts'
import { endRefreshFamily } from './end-refresh-family.ts'

/** Ends a session; the access token it got last lives on until it expires. Ending one that is over is no error. */
export async function endTokenSession(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  id: string,
): Promise<Record<string, never>> {
  requireRole(actor, 'operator')
  return ctx.transact(async (tx) => {
    const environment = await lockEnvironmentBySlug(tx, environmentSlug)
    const found = await tx.$queryRaw<unknown[]>`
      SELECT FROM refresh_family WHERE id = ${id}::uuid AND environment_id = ${environment.id}::uuid`
    if (found.length === 0) throw new ControlError('not-found', `There is no such session in ${environmentSlug}.`)
    await endRefreshFamily(tx, actor, { familyId: id, because: 'operator', reason: '' })
    return {}
  })
}
