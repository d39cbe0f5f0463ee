import type { z } from 'zod'
import { ModeChangeRequest, type ModeChangeResult } from '../../contract/endpoint.ts'
import { requireRole, type Actor } from '../actor.ts'
import type { ControlContext } from '../context.ts'
import { getEndpoints } from '../endpoint/list-endpoints.ts'
import { parseInput } from '../parse-input.ts'
import { lockEnvironmentBySlug } from '../publication/lock-environments.ts'
import { forecastChanges } from './forecast-change.ts'
import { loadChanges } from './load-changes.ts'
import { readPreview } from './preview-token.ts'
import { requireEvidence, requireReason } from './require-evidence.ts'
import { writeChanges } from './write-changes.ts'

const WINDOW_HOURS = 168

/** All changes or none. The environment is locked meanwhile: what is judged is what is changed. */
export async function changeModes(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  input: z.input<typeof ModeChangeRequest>,
): Promise<z.output<typeof ModeChangeResult>> {
  requireRole(actor, 'operator')
  const { changes: wanted, previewToken, acceptDenials, reason } = parseInput(ModeChangeRequest, input)
  const proof = previewToken === undefined ? null : readPreview(ctx.previewKey, previewToken, new Date())
  const { revision, changed } = await ctx.transact(async (tx) => {
    const environment = await lockEnvironmentBySlug(tx, environmentSlug)
    const planned = await loadChanges(tx, environment.id, wanted)
    if (planned.some(({ kind }) => kind === 'going-back')) requireReason(reason)
    const isLowering = planned.some(({ kind }) => kind === 'lowering')
    const changes = isLowering
      ? await forecastChanges(ctx, actor, environment.id, planned, proof?.windowHours ?? WINDOW_HOURS)
      : []
    if (isLowering) requireEvidence(environmentSlug, changes, proof, { acceptDenials, reason })
    const real = (isLowering ? changes : planned).filter(({ kind }) => kind !== 'none')
    const present = environment.revision
    if (real.length === 0) return { revision: present, changed: 0 }
    return {
      revision: await writeChanges(tx, { actor, environment, action: 'endpoint.change-mode', reason }, real),
      changed: real.length,
    }
  })
  return {
    revision,
    changed,
    endpoints: await getEndpoints(
      ctx,
      actor,
      environmentSlug,
      wanted.map(({ endpointId }) => endpointId),
    ),
  }
}
