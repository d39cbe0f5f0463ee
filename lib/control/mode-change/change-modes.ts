import type { z } from 'zod'
import { ModeChangeRequest, type ModeChangeResult } from '../../contract/endpoint.ts'
import { requireRole, type Actor } from '../actor.ts'
import type { ControlContext } from '../context.ts'
import { ControlError } from '../control-error.ts'
import { getEndpoints } from '../endpoint/list-endpoints.ts'
import { getEnvironmentId } from '../environment/get-environment.ts'
import { parseInput } from '../parse-input.ts'
import { lockEnvironmentBySlug } from '../publication/lock-environments.ts'
import { forecastChanges } from './forecast-change.ts'
import { loadChanges, type PlannedChange } from './load-changes.ts'
import { readPreview } from './preview-token.ts'
import { requireEvidence, requireReason } from './require-evidence.ts'
import { writeChanges, type ModeChangeToWrite } from './write-changes.ts'

const WINDOW_HOURS = 168

/**
 * All changes or none. The evidence is read before the environment is locked, so that others need not wait for it; what it was
 * read for must still be there once it is.
 */
export async function changeModes(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  input: z.input<typeof ModeChangeRequest>,
): Promise<z.output<typeof ModeChangeResult>> {
  requireRole(actor, 'operator')
  const { changes: wanted, previewToken, acceptDenials, reason, undoFromDenials } = parseInput(ModeChangeRequest, input)
  const proof = previewToken === undefined ? null : readPreview(ctx.previewKey, previewToken, new Date())
  const environmentId = await getEnvironmentId(ctx.database, environmentSlug)
  const looked = await loadChanges(ctx.database, environmentId, wanted)
  if (looked.some(({ kind }) => kind === 'going-back')) requireReason(reason)
  const isLowering = looked.some(({ kind }) => kind === 'lowering')
  const windowHours = proof?.windowHours ?? WINDOW_HOURS
  const forecast = isLowering ? await forecastChanges(ctx, actor, environmentId, looked, windowHours) : null
  if (forecast) requireEvidence(environmentSlug, forecast, proof, { acceptDenials, reason })
  const changes: readonly ModeChangeToWrite[] = forecast ?? looked
  const { revision, changed } = await ctx.transact(async (tx) => {
    const environment = await lockEnvironmentBySlug(tx, environmentSlug)
    requireUnchanged(looked, await loadChanges(tx, environment.id, wanted))
    const real = changes.filter(({ kind }) => kind !== 'none')
    if (real.length === 0) return { revision: environment.revision, changed: 0 }
    const writing = { actor, environment, action: 'endpoint.change-mode' as const, reason, undoFromDenials }
    return { revision: await writeChanges(tx, writing, real), changed: real.length }
  })
  const ids = wanted.map(({ endpointId }) => endpointId)
  return { revision, changed, endpoints: await getEndpoints(ctx, actor, environmentSlug, ids) }
}

function requireUnchanged(looked: readonly PlannedChange[], present: readonly PlannedChange[]): void {
  const other = present.findIndex(({ endpoint }, index) => endpoint.version !== looked[index]?.endpoint.version)
  if (other < 0) return
  const detail = 'was changed by somebody else at this moment'
  throw new ControlError('conflict', `An endpoint ${detail}. Look again.`, [{ pointer: `/changes/${other}`, detail }])
}
