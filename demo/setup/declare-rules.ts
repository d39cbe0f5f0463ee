import type { RouteResponse } from '#lib/contract/routes.ts'
import type { EndpointPlan } from './endpoint-plan.ts'
import type { ManagementClient } from './management-client.ts'
import { SERVICE_PLANS } from './service-plans.ts'

type Endpoint = RouteResponse<'listEndpoints'>['items'][number]

export interface PlannedEndpoint {
  readonly endpoint: Endpoint
  readonly plan: EndpointPlan
}

const DISCOVERED_WITHIN_MS = 30_000
const ASK_EVERY_MS = 150

const keyOf = (serviceSlug: string, method: string, route: string): string => `${serviceSlug} ${method} ${route}`
const PLANS = new Map(
  SERVICE_PLANS.flatMap(({ slug, endpoints }) =>
    endpoints.map((plan) => [keyOf(slug, plan.method, plan.route), plan] as const),
  ),
)

async function listPlanned(client: ManagementClient, environment: string): Promise<PlannedEndpoint[]> {
  const { items } = await client.call('listEndpoints', { params: { environment }, query: { limit: 2_500 } })
  return items.flatMap((endpoint) => {
    const plan = PLANS.get(keyOf(endpoint.serviceSlug, endpoint.method, endpoint.route))
    return plan === undefined ? [] : [{ endpoint, plan }]
  })
}

/** The endpoints of the fleet, once its services have reported all of them. */
export async function awaitEndpoints(client: ManagementClient, environment: string): Promise<PlannedEndpoint[]> {
  const deadline = performance.now() + DISCOVERED_WITHIN_MS
  for (;;) {
    const found = await listPlanned(client, environment)
    if (found.length === PLANS.size) return found
    if (performance.now() > deadline) {
      const seen = new Set(found.map(({ endpoint }) => keyOf(endpoint.serviceSlug, endpoint.method, endpoint.route)))
      throw new Error(
        `These endpoints were not reported by their services: ${[...PLANS.keys()].filter((key) => !seen.has(key)).join(', ')}.`,
      )
    }
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS))
  }
}

/** Says what each endpoint requires, those of a service with the same rule at once. */
export async function declareRules(
  client: ManagementClient,
  environment: string,
  planned: readonly PlannedEndpoint[],
): Promise<void> {
  const missing = planned.filter(({ endpoint, plan }) => endpoint.rule === null && plan.rule !== null)
  const groups = Map.groupBy(missing, ({ endpoint, plan }) => `${endpoint.serviceSlug} ${JSON.stringify(plan.rule)}`)
  for (const group of groups.values()) {
    const rule = group[0]?.plan.rule ?? null
    const endpoints = group.map(({ endpoint: { id, version } }) => ({ id, version }))
    await client.call('setEndpointRules', { params: { environment }, body: { endpoints, rule } })
  }
}

/** Begins to watch whatever shall not stay off. */
export async function startWatching(
  client: ManagementClient,
  environment: string,
  planned: readonly PlannedEndpoint[],
): Promise<void> {
  const off = planned.filter(({ endpoint, plan }) => endpoint.mode === 'off' && plan.mode !== 'off')
  if (off.length === 0) return
  const changes = off.map(({ endpoint }) => ({ endpointId: endpoint.id, mode: 'log-only' as const }))
  await client.call('changeModes', { params: { environment }, body: { changes, reason: 'Begin to watch' } })
}
