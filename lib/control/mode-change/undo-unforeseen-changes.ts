import { describeUndoCause, findUndoCause, type UnforeseenCaller } from '../../evidence/undo-cause.ts'
import { readArmedChanges, type ArmedChange } from '#lib/store/decisions/read-armed-changes.ts'
import { readUnforeseenDenials } from '#lib/store/decisions/read-unforeseen-denials.ts'
import { requireRole, type Actor } from '../actor.ts'
import type { ControlContext, Tx } from '../context.ts'
import { lockEnvironmentBySlug } from '../publication/lock-environments.ts'
import { toMode } from '../stored-mode.ts'
import { loadChanges } from './load-changes.ts'
import { isUntouched } from './undo-mode-change.ts'
import { writeChanges } from './write-changes.ts'

interface DueUndo extends ArmedChange {
  readonly cause: readonly UnforeseenCaller[]
}

/** Undoes changes that were made to undo themselves, endpoint by endpoint, where a caller is denied that no forecast names. */
export async function undoUnforeseenChanges(
  { pool, transact }: Pick<ControlContext, 'pool' | 'transact'>,
  actor: Actor,
): Promise<number[]> {
  requireRole(actor, 'operator')
  const revisions: number[] = []
  for (const due of await findDue(pool)) {
    const revision = await transact((tx) => undoOnce(tx, actor, due))
    if (revision !== null) revisions.push(revision)
  }
  return revisions
}

async function findDue(pool: ControlContext['pool']): Promise<DueUndo[]> {
  const byEnvironment = Map.groupBy(await readArmedChanges(pool), ({ environmentId }) => environmentId)
  const due: DueUndo[] = []
  for (const [environmentId, armed] of byEnvironment) {
    const ids = armed.map(({ endpointId }) => endpointId)
    const denials = Map.groupBy(await readUnforeseenDenials(pool, environmentId, ids), ({ endpointId }) => endpointId)
    for (const change of armed) {
      const from = { mode: change.fromMode, percent: change.fromPercent }
      const cause = findUndoCause({ ...change, from }, denials.get(change.endpointId) ?? [])
      if (cause.length > 0) due.push({ ...change, cause })
    }
  }
  return due
}

/** Null where somebody changed the endpoint meanwhile, or another process was first: then nothing is left to undo. */
async function undoOnce(tx: Tx, actor: Actor, due: DueUndo): Promise<number | null> {
  const environment = await lockEnvironmentBySlug(tx, due.environmentSlug)
  const last = await tx.modeChange.findFirst({
    where: { endpointId: due.endpointId },
    orderBy: [{ at: 'desc' }, { id: 'desc' }],
  })
  if (last?.id !== due.id) return null
  const back = { endpointId: due.endpointId, mode: due.fromMode, percent: due.fromPercent }
  const planned = await loadChanges(tx, environment.id, [back])
  const to = { mode: toMode(last.toMode), percent: last.toPercent }
  const real = planned.filter((change) => isUntouched(change, to))
  if (real.length === 0) return null
  const writing = {
    actor,
    environment,
    action: 'endpoint.undo-mode-change' as const,
    reason: `Undo of revision ${last.revision} by itself: no forecast names ${describeUndoCause(due.cause)}, denied since.`,
    isAutomatic: true,
  }
  return writeChanges(tx, writing, real)
}
