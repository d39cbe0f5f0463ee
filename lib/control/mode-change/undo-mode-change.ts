import type { z } from 'zod'
import { ModeChangeUndo, type ModeChangeResult } from '../../contract/endpoint.ts'
import { requireRole, type Actor } from '../actor.ts'
import type { ControlContext, Tx } from '../context.ts'
import { ControlError } from '../control-error.ts'
import { getEndpoints } from '../endpoint/list-endpoints.ts'
import { parseInput } from '../parse-input.ts'
import { lockEnvironmentBySlug } from '../publication/lock-environments.ts'
import { toMode } from '../stored-mode.ts'
import { toGate, type Gate } from './classify-change.ts'
import { loadChanges, type PlannedChange, type WantedChange } from './load-changes.ts'
import { writeChanges } from './write-changes.ts'

/** Afterwards what was enforced before counts as new: it needs a fresh look at its evidence. */
const LOWERING_AGAIN_MS = 15 * 60_000

/** Puts the endpoints of one change back, where nothing changed them since. */
export async function undoModeChange(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  input: z.input<typeof ModeChangeUndo>,
): Promise<z.output<typeof ModeChangeResult>> {
  requireRole(actor, 'operator')
  const { revision } = parseInput(ModeChangeUndo, input)
  const { number, changes } = await ctx.transact(async (tx) => {
    const environment = await lockEnvironmentBySlug(tx, environmentSlug)
    const made = await loadChange(tx, environment.id, revision)
    const planned = await loadChanges(
      tx,
      environment.id,
      made.map(({ back }) => back),
    )
    const real = planned.filter((change, index) => isUntouched(change, made[index]?.to))
    if (real.length === 0)
      throw new ControlError(
        'conflict',
        `Every endpoint of revision ${revision} was changed since. Change them on their own.`,
      )
    requireRecent(real, made[0]?.at)
    const writing = {
      actor,
      environment,
      action: 'endpoint.undo-mode-change' as const,
      reason: `Undo of revision ${revision}`,
    }
    return { number: await writeChanges(tx, writing, real), changes: real }
  })
  return {
    revision: number,
    changed: changes.length,
    endpoints: await getEndpoints(
      ctx,
      actor,
      environmentSlug,
      changes.map(({ endpoint }) => endpoint.id),
    ),
  }
}

interface MadeChange {
  readonly back: WantedChange
  readonly to: Gate
  readonly at: Date
}

async function loadChange(tx: Tx, environmentId: string, revision: number): Promise<MadeChange[]> {
  const rows = await tx.modeChange.findMany({ where: { environmentId, revision }, orderBy: { id: 'asc' } })
  if (rows.length === 0)
    throw new ControlError('invalid-value', `Revision ${revision} changed no mode.`, [
      { pointer: '/revision', detail: 'changed no mode here' },
    ])
  return rows.map((row) => ({
    back: { endpointId: row.endpointId, mode: toMode(row.fromMode), percent: row.fromPercent },
    to: toGate(toMode(row.toMode), row.toPercent),
    at: row.at,
  }))
}

/** Its mode and percent are still those the change gave it. */
export const isUntouched = ({ from, kind }: PlannedChange, to: Gate | undefined): boolean =>
  kind !== 'none' && from.mode === to?.mode && from.percent === to.percent

function requireRecent(changes: readonly PlannedChange[], at: Date | undefined): void {
  const isLowering = changes.some(({ kind }) => kind === 'lowering')
  if (!isLowering || (at && Date.now() - at.getTime() < LOWERING_AGAIN_MS)) return
  throw new ControlError(
    'evidence-required',
    'Enforcing again more than 15 minutes later needs a fresh look at the evidence.',
  )
}
