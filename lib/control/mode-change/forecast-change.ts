import type { z } from 'zod'
import type { CallerEvidence, EndpointEvidence } from '../../contract/endpoint.ts'
import type { Rule } from '../../policy/rule.ts'
import type { Actor } from '../actor.ts'
import type { ControlContext } from '../context.ts'
import { readEndpointEvidence } from '../decision/read-endpoint-evidence.ts'
import { classifyChange, type Gate } from './classify-change.ts'
import type { PlannedChange } from './load-changes.ts'
import { fingerprint, previewExpiry, type PreviewProof } from './preview-token.ts'

type Evidence = z.output<typeof EndpointEvidence>
type Caller = z.output<typeof CallerEvidence>

/** A planned change with what is known of its consequences. */
export interface ForecastChange extends PlannedChange {
  readonly evidence: Evidence
  /** Callers that it would newly deny, at its percent. */
  readonly deniedCallers: readonly Caller[]
}

export async function forecastChanges(
  ctx: ControlContext,
  actor: Actor,
  environmentId: string,
  changes: readonly PlannedChange[],
  windowHours: number,
): Promise<ForecastChange[]> {
  const endpoints = changes.map(({ endpoint }) => ({
    id: endpoint.id,
    serviceId: endpoint.serviceId,
    serviceSlug: endpoint.service.slug,
    rule: endpoint.rule as Rule | null, // parsed by the verbs that write it
  }))
  const answers = await readEndpointEvidence(ctx, actor, { environmentId, endpoints, windowHours })
  const byId = new Map(answers.map((evidence) => [evidence.endpointId, evidence]))
  return changes.map((change) => {
    const evidence = byId.get(change.endpoint.id)
    if (!evidence) throw new Error(`no evidence was answered for endpoint ${change.endpoint.id}`)
    return { ...change, evidence, deniedCallers: newlyDenied(evidence.callers, change.from, change.to) }
  })
}

/** A caller is enforced where its bucket lies below the percent; people have one each, anonymous callers none: they are enforced at 100. */
export function newlyDenied<Known extends Pick<Caller, 'wouldDeny' | 'bucketPercent' | 'caller'>>(
  callers: readonly Known[],
  from: Gate,
  to: Gate,
): Known[] {
  if (classifyChange(from, to) !== 'lowering') return []
  const fromPercent = from.mode === 'enforce' ? from.percent : 0
  return callers.filter(({ wouldDeny, bucketPercent, caller }) => {
    if (wouldDeny === 0) return false
    if (caller.kind === 'anonymous') return to.percent === 100
    return bucketPercent === null || (bucketPercent < to.percent && bucketPercent >= fromPercent)
  })
}

export const isReady = (changes: readonly ForecastChange[]): boolean =>
  changes.every(({ evidence, kind }) => kind !== 'lowering' || evidence.readiness === 'ready')

export function toProof(
  environment: string,
  changes: readonly ForecastChange[],
  windowHours: number,
  now: Date,
): PreviewProof {
  return { environment, ...describe(changes), ready: isReady(changes), windowHours, expiresAt: previewExpiry(now) }
}

/** What must be the same when the change is made. The order in which endpoints are named does not matter. */
export function describe(
  changes: readonly ForecastChange[],
): Pick<PreviewProof, 'changes' | 'configuration' | 'denied'> {
  const sorted = changes.toSorted((a, b) => (a.endpoint.id < b.endpoint.id ? -1 : 1))
  return {
    changes: fingerprint(sorted.map(({ endpoint, to }) => [endpoint.id, to.mode, to.percent])),
    configuration: fingerprint(
      sorted.map(({ endpoint, from }) => [endpoint.id, endpoint.version, from.mode, from.percent, endpoint.rule]),
    ),
    denied: fingerprint(
      sorted.map(({ endpoint, deniedCallers }) => [endpoint.id, deniedCallers.map(({ caller }) => caller.key).sort()]),
    ),
  }
}
