import type { z } from 'zod'
import type { Endpoint } from '../../contract/endpoint.ts'
import type { Rule } from '../../policy/rule.ts'
import { toMode } from '../stored-mode.ts'
import type { InstanceCounts } from '../instance/read-instance-counts.ts'
import { NO_INSTANCES } from '../instance/read-instance-counts.ts'
import type { EndpointRow } from './audited-endpoint.ts'

export type EndpointAnswer = z.output<typeof Endpoint>

/** What is known of an endpoint besides its row. */
export interface EndpointState {
  readonly readiness: EndpointAnswer['readiness']
  readonly last24Hours: EndpointAnswer['last24Hours']
  readonly wouldDenyCallers: number
  readonly instances: InstanceCounts
}

const UNKNOWN: EndpointState = {
  readiness: 'not-enough-evidence',
  last24Hours: { allowed: 0, 'would-deny': 0, denied: 0, unevaluated: 0 },
  wouldDenyCallers: 0,
  instances: NO_INSTANCES,
}

export function toEndpoint(row: EndpointRow, state: EndpointState): EndpointAnswer {
  const rule = row.rule as z.output<typeof Endpoint>['rule'] // parsed by the verbs that write it
  return {
    id: row.id,
    serviceSlug: row.service.slug,
    serviceName: row.service.name,
    method: row.method,
    route: row.route,
    description: row.description,
    source: row.source,
    rule,
    requiredScopes: requiredScopes(rule),
    mode: toMode(row.mode),
    percent: row.percent,
    confirmation: {
      state: confirmationState(state.instances),
      live: state.instances.live,
      confirmed: state.instances.confirmed,
    },
    readiness: state.readiness,
    last24Hours: state.last24Hours,
    wouldDenyCallers: state.wouldDenyCallers,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    lastSeenAt: row.lastSeenAt?.toISOString() ?? null,
    version: row.version,
  }
}

/** An endpoint made this moment: nothing can be known of it. */
export const toNewEndpoint = (row: EndpointRow): EndpointAnswer => toEndpoint(row, UNKNOWN)

const requiredScopes = (rule: Rule | null): string[] =>
  (rule?.requirements ?? []).flatMap((requirement) => (requirement.kind === 'scopes' ? [...requirement.allOf] : []))

function confirmationState({ live, confirmed }: InstanceCounts): EndpointAnswer['confirmation']['state'] {
  if (live === 0) return 'no-instances'
  return confirmed === live ? 'applied' : 'pending'
}
