import type pg from 'pg'
import { readEndpointCounts, type EndpointCounts } from '#lib/store/decisions/read-endpoint-counts.ts'
import type { ControlContext } from '../context.ts'
import { readReadinessByEndpoint } from '../decision/read-readiness.ts'
import { NO_INSTANCES, readInstanceCounts } from '../instance/read-instance-counts.ts'
import { createStaleCache, perOwner } from '../serve-stale.ts'
import type { EndpointState } from './to-endpoint.ts'

const DAY_MS = 86_400_000
const FRESH_MS = 2_000
const STALE_MS = 15 * 60_000
const NO_COUNTS = { allowed: 0, 'would-deny': 0, denied: 0, unevaluated: 0, deniedCallers: 0 }

type CountsByEndpoint = ReadonlyMap<string, EndpointCounts>

const countsOf = perOwner<pg.Pool, ReturnType<typeof createStaleCache<CountsByEndpoint>>>(() =>
  createStaleCache<CountsByEndpoint>({ freshMs: FRESH_MS, staleMs: STALE_MS }),
)

/** Traffic, readiness and confirmation of every endpoint of an environment. */
export async function readEndpointStates(
  ctx: ControlContext,
  environment: { id: string; revision: number },
): Promise<(endpoint: { id: string; serviceId: string }) => EndpointState> {
  const [counts, judgements, instances] = await Promise.all([
    countsOf(ctx.pool)(environment.id, '', () => readCounts(ctx.pool, environment.id)),
    readReadinessByEndpoint(ctx, environment),
    readInstanceCounts(ctx.pool, environment.id),
  ])
  return ({ id, serviceId }) => {
    const { allowed, 'would-deny': wouldDeny, denied, unevaluated, deniedCallers } = counts.get(id) ?? NO_COUNTS
    return {
      readiness: judgements.get(id)?.readiness ?? 'not-enough-evidence',
      last24Hours: { allowed, 'would-deny': wouldDeny, denied, unevaluated },
      wouldDenyCallers: deniedCallers,
      instances: instances.get(serviceId) ?? NO_INSTANCES,
    }
  }
}

async function readCounts(pool: pg.Pool, environmentId: string): Promise<CountsByEndpoint> {
  const counts = await readEndpointCounts(pool, environmentId, new Date(Date.now() - DAY_MS))
  return new Map(counts.map((row) => [row.endpointId, row]))
}
