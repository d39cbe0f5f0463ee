import type { z } from 'zod'
import type { IdentityEvidence, IdentityEvidenceQuery } from '../../contract/endpoint.ts'
import { isIdentity } from '../../evidence/caller.ts'
import type { FleetGate } from '../../evidence/fleet.ts'
import { splitRemedied, type RemedyContext } from '../../evidence/find-remedied.ts'
import { replayRule } from '../../evidence/replay-rule.ts'
import { summariseCallers, type CallerSummary } from '../../evidence/summarise-callers.ts'
import { readCallerLifetimes } from '#lib/store/decisions/read-caller-lifetimes.ts'
import type { SignatureTotals } from '#lib/store/decisions/read-signature-totals.ts'
import { requireRole, type Actor } from '../actor.ts'
import type { ControlContext } from '../context.ts'
import { getEnvironmentId } from '../environment/get-environment.ts'
import { readHolders } from '../decision/load-evidence.ts'
import { loadFleetEndpoints, type NamedEndpoint } from '../replay/load-fleet-endpoints.ts'
import { getIdentityRow } from './get-identity-row.ts'

type Answer = z.input<typeof IdentityEvidence>
type CalledEndpoint = Answer['endpoints'][number]

const HOUR_MS = 3_600_000

/** Where an identity calls, and what the present rules make of it: what loses most first. */
export async function readIdentityEvidence(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  clientId: string,
  { windowHours }: z.output<typeof IdentityEvidenceQuery>,
): Promise<Answer> {
  requireRole(actor, 'viewer')
  const environmentId = await getEnvironmentId(ctx.database, environmentSlug)
  await getIdentityRow(ctx.database, clientId)
  const now = new Date()
  const window = { from: new Date(now.getTime() - windowHours * HOUR_MS), to: now }
  const [recorded, endpoints, holders, lifetimes] = await Promise.all([
    ctx.decisions.counts.readTotals({ environmentId, endpointIds: null, callers: [clientId], ...window }),
    loadFleetEndpoints(ctx.pool, environmentId),
    readHolders(ctx.pool, environmentId),
    readCallerLifetimes(ctx.pool, environmentId),
  ])
  const remedies = (serviceId: string): RemedyContext => ({ holders: holders.get(serviceId) ?? [], lifetimes })
  const called = [...Map.groupBy(recorded.filter(isIdentity), ({ endpointId }) => endpointId ?? '')].flatMap(
    ([id, own]) => judge(endpoints.get(id), own, remedies),
  )
  return { clientId, windowHours, endpoints: called.toSorted(byLoss) }
}

function judge(
  endpoint: NamedEndpoint | undefined,
  recorded: readonly SignatureTotals[],
  remediesOf: (serviceId: string) => RemedyContext,
): CalledEndpoint[] {
  if (endpoint === undefined) return []
  const { id, serviceId, serviceSlug, method, route, gate, rule } = endpoint
  const { standing } = splitRemedied(replayRule(recorded, rule), remediesOf(serviceId))
  return summariseCallers(standing).map((summary) => ({
    ...{ endpointId: id, serviceSlug, method, route, mode: gate.mode, percent: gate.percent },
    standing: toStanding(summary, gate),
    requests: summary.requests,
    allowed: summary.allowed,
    wouldDeny: summary.wouldDeny,
    undetermined: summary.undetermined,
    reasons: summary.reasons.map((reason) => ({ ...reason, missingScopes: [...reason.missingScopes] })),
    firstAt: summary.firstAt.toISOString(),
    lastAt: summary.lastAt.toISOString(),
  }))
}

function toStanding({ wouldDeny, undetermined, bucketPercent }: CallerSummary, { mode, percent }: FleetGate) {
  if (wouldDeny === 0) return undetermined > 0 ? 'not-known' : 'allowed'
  return mode === 'enforce' && (bucketPercent ?? 100) < percent ? 'denied' : 'would-deny'
}

const byLoss = (a: CalledEndpoint, b: CalledEndpoint): number =>
  b.wouldDeny - a.wouldDeny || b.undetermined - a.undetermined || b.requests - a.requests
