import type { PlannedEndpoint } from './declare-rules.ts'
import type { ManagementClient } from './management-client.ts'

interface Wave {
  readonly reason: string
  readonly takes: (planned: PlannedEndpoint) => boolean
}

const isPublic = ({ plan }: PlannedEndpoint): boolean => plan.rule?.access === 'public'

/** In this order; what one wave takes the next does not see. */
const WAVES: readonly Wave[] = [
  { reason: 'Public pages: said aloud, so that nobody asks', takes: isPublic },
  { reason: 'A share of customers first', takes: ({ plan }) => plan.percent < 100 },
  {
    reason: 'Two weeks of evidence. What is denied has no business there: somebody counts through our customers',
    takes: ({ plan }) => plan.route.startsWith('/customers/'),
  },
  { reason: 'Two weeks without a would-be denial', takes: () => true },
]

async function lower(
  client: ManagementClient,
  environment: string,
  endpoints: readonly PlannedEndpoint[],
  reason: string,
): Promise<void> {
  const changes = endpoints.map(({ endpoint, plan }) => ({
    endpointId: endpoint.id,
    mode: 'enforce' as const,
    percent: plan.percent,
  }))
  const { token } = await client.call('previewModeChange', { params: { environment }, body: { changes } })
  await client.call('changeModes', {
    params: { environment },
    body: { changes, previewToken: token, acceptDenials: true, reason },
  })
}

/** Enforces what the demo starts with, each time after a look at the evidence, as a person would. */
export async function lowerGates(
  client: ManagementClient,
  environment: string,
  planned: readonly PlannedEndpoint[],
): Promise<void> {
  let rest = planned.filter(({ endpoint, plan }) => plan.mode === 'enforce' && endpoint.mode !== 'enforce')
  for (const { reason, takes } of WAVES) {
    const wave = rest.filter(takes)
    rest = rest.filter((candidate) => !takes(candidate))
    if (wave.length > 0) await lower(client, environment, wave, reason)
  }
}
