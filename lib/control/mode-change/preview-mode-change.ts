import type { z } from 'zod'
import { ModeChangePreviewRequest, type ModeChangePreview } from '../../contract/endpoint.ts'
import { readLiveInstances } from '#lib/store/decisions/read-live-instances.ts'
import { requireRole, type Actor } from '../actor.ts'
import type { ControlContext } from '../context.ts'
import { getEnvironmentId } from '../environment/get-environment.ts'
import { parseInput } from '../parse-input.ts'
import { forecastChanges, toProof, type ForecastChange } from './forecast-change.ts'
import { loadChanges } from './load-changes.ts'
import { signPreview } from './preview-token.ts'

type Preview = z.output<typeof ModeChangePreview>

/** What the changes would do, and a token that proves it was looked at. Changes nothing. */
export async function previewModeChange(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  input: z.input<typeof ModeChangePreviewRequest>,
): Promise<Preview> {
  requireRole(actor, 'viewer')
  const { changes: wanted, windowHours } = parseInput(ModeChangePreviewRequest, input)
  const environmentId = await getEnvironmentId(ctx.database, environmentSlug)
  const planned = await loadChanges(ctx.database, environmentId, wanted)
  const changes = await forecastChanges(ctx, actor, environmentId, planned, windowHours)
  return {
    token: signPreview(ctx.previewKey, toProof(environmentSlug, changes, windowHours, new Date())),
    items: changes.map(toItem),
    totals: toTotals(changes),
    instances: await readInstances(ctx, environmentId, new Set(planned.map(({ endpoint }) => endpoint.serviceId))),
  }
}

const toItem = ({ endpoint, from, to, evidence, deniedCallers }: ForecastChange): Preview['items'][number] => ({
  endpointId: endpoint.id,
  serviceSlug: endpoint.service.slug,
  method: endpoint.method,
  route: endpoint.route,
  from,
  to,
  evidence,
  deniedCallers: [...deniedCallers],
})

function toTotals(changes: readonly ForecastChange[]): Preview['totals'] {
  const count = (readiness: string) => changes.filter(({ evidence }) => evidence.readiness === readiness).length
  const sum = (of: (change: ForecastChange) => number) => changes.reduce((total, change) => total + of(change), 0)
  return {
    endpoints: changes.length,
    ready: count('ready'),
    notReady: count('not-ready'),
    notEnoughEvidence: count('not-enough-evidence'),
    requests: sum(({ evidence }) => evidence.requests),
    wouldDeny: sum(({ evidence }) => evidence.wouldDeny),
    deniedCallers: new Set(changes.flatMap(({ deniedCallers }) => deniedCallers.map(({ caller }) => caller.key))).size,
  }
}

async function readInstances(
  ctx: ControlContext,
  environmentId: string,
  serviceIds: ReadonlySet<string>,
): Promise<Preview['instances']> {
  const live = (await readLiveInstances(ctx.pool, environmentId)).filter(({ serviceId }) => serviceIds.has(serviceId))
  const behind = live.filter(({ confirmed }) => !confirmed)
  return {
    live: live.length,
    confirmed: live.length - behind.length,
    behind: behind.map(({ id, serviceSlug, hostname, revision }) => ({ id, serviceSlug, hostname, revision })),
  }
}
