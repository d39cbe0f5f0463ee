import { readEndpointCounts } from '#lib/store/decisions/read-endpoint-counts.ts'
import type { ControlContext } from '../context.ts'
import { readReadinessByEndpoint } from '../decision/read-readiness.ts'
import { NO_INSTANCES, readInstanceCounts } from '../instance/read-instance-counts.ts'
import type { EndpointState } from './to-endpoint.ts'

const DAY_MS = 86_400_000
const NO_COUNTS = { allowed: 0, 'would-deny': 0, denied: 0, unevaluated: 0, deniedCallers: 0 }

/** Traffic, readiness and confirmation of every endpoint of an environment. */
export async function readEndpointStates(
  ctx: ControlContext,
  environment: { id: string; revision: number },
): Promise<(endpoint: { id: string; serviceId: string }) => EndpointState> {
  const [counts, judgements, instances] = await Promise.all([
    readEndpointCounts(ctx.pool, environment.id, new Date(Date.now() - DAY_MS)),
    readReadinessByEndpoint(ctx.pool, environment),
    readInstanceCounts(ctx.pool, environment.id),
  ])
  const countsOf = new Map(counts.map((row) => [row.endpointId, row]))
  return ({ id, serviceId }) => {
    const { allowed, 'would-deny': wouldDeny, denied, unevaluated, deniedCallers } = countsOf.get(id) ?? NO_COUNTS
    return {
      readiness: judgements.get(id)?.readiness ?? 'not-enough-evidence',
      last24Hours: { allowed, 'would-deny': wouldDeny, denied, unevaluated },
      wouldDenyCallers: deniedCallers,
      instances: instances.get(serviceId) ?? NO_INSTANCES,
    }
  }
}
