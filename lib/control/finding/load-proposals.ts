import type pg from 'pg'
import { proposeTighterRule, type TighterRule } from '../../evidence/tighter-rule.ts'
import type { DecisionContext } from '../context.ts'
import { createStaleCache, perOwner } from '../serve-stale.ts'
import { loadFindingEndpoints, type FindingEndpoint } from './load-finding-endpoints.ts'

const WINDOW_MS = 7 * 86_400_000
/** A week of the whole fleet is replayed: some seconds old will do. */
const FRESH_MS = 15_000
const STALE_MS = 15 * 60_000

export interface EndpointProposal {
  /** In the window, those that were only counted included. */
  readonly requests: number
  readonly proposal: TighterRule | null
}

interface Known extends EndpointProposal {
  /** The rule it rests on, as text. */
  readonly rule: string
}

const cacheOf = perOwner<pg.Pool, ReturnType<typeof createStaleCache<ReadonlyMap<string, Known>>>>(() =>
  createStaleCache<ReadonlyMap<string, Known>>({ freshMs: FRESH_MS, staleMs: STALE_MS }),
)

const NOTHING: EndpointProposal = { requests: 0, proposal: null }
const toText = ({ rule }: FindingEndpoint): string => JSON.stringify(rule)

/** What recorded callers would let each endpoint ask for. An endpoint whose rule changed has no proposal until it is read again. */
export async function loadProposals(
  ctx: DecisionContext,
  environment: { readonly id: string; readonly revision: number },
): Promise<(endpoint: FindingEndpoint) => EndpointProposal> {
  const known = await cacheOf(ctx.pool)(environment.id, String(environment.revision), () =>
    propose(ctx, environment.id),
  )
  return (endpoint) => {
    const found = known.get(endpoint.id) ?? { ...NOTHING, rule: '' }
    return found.rule === toText(endpoint) ? found : { requests: found.requests, proposal: null }
  }
}

async function propose(
  { pool, decisions }: DecisionContext,
  environmentId: string,
): Promise<ReadonlyMap<string, Known>> {
  const now = new Date()
  const from = new Date(now.getTime() - WINDOW_MS)
  const [endpoints, totals, scopes] = await Promise.all([
    loadFindingEndpoints(pool, environmentId, undefined),
    decisions.counts.readTotals({ environmentId, endpointIds: null, from, to: now }),
    readScopeNames(pool),
  ])
  const byEndpoint = Map.groupBy(totals, ({ endpointId }) => endpointId)
  return new Map(
    endpoints.map((endpoint) => {
      const recorded = byEndpoint.get(endpoint.id) ?? []
      const ownScopes = scopes.get(endpoint.serviceId) ?? new Set<string>()
      return [
        endpoint.id,
        {
          rule: toText(endpoint),
          requests: recorded.reduce((sum, { count }) => sum + count, 0),
          proposal: proposeTighterRule({ ...endpoint, recorded, ownScopes }),
        },
      ]
    }),
  )
}

async function readScopeNames(pool: pg.Pool): Promise<Map<string, ReadonlySet<string>>> {
  const { rows } = await pool.query<{ serviceId: string; names: string[] }>(
    'SELECT service_id AS "serviceId", array_agg(name) AS names FROM scope GROUP BY service_id',
  )
  return new Map(rows.map(({ serviceId, names }) => [serviceId, new Set(names)]))
}
