import type pg from 'pg'
import type { z } from 'zod'
import type { EndpointEvidence } from '../../contract/endpoint.ts'
import { recommendFixes, type FixContext } from '../../evidence/recommend-fixes.ts'
import type { CallerSummary } from '../../evidence/summarise-callers.ts'
import { upperBound } from '../../evidence/upper-bound.ts'
import type { Rule } from '../../policy/rule.ts'
import { TOKEN_AGE_BUCKETS } from '../../policy/token-age.ts'
import { TOKEN_AGE_EDGES_SECONDS } from '../../policy/vocabulary.ts'
import type { SignatureTotals } from '#lib/store/decisions/read-signature-totals.ts'
import { requireRole, type Actor } from '../actor.ts'
import type { DecisionContext } from '../context.ts'
import {
  judgeEndpoint,
  loadEvidenceBase,
  type EndpointJudgement,
  type EvidenceBase,
  type JudgedEndpoint,
} from './load-evidence.ts'
import { readCoverage, type Coverage } from './read-coverage.ts'

export type EndpointEvidenceAnswer = z.input<typeof EndpointEvidence>

export interface EvidenceQuestion {
  readonly environmentId: string
  readonly endpoints: readonly (JudgedEndpoint & {
    readonly serviceSlug: string
  })[]
  readonly windowHours: number
  /** A draft to judge instead of each endpoint's own rule; null is a draft that says nothing. */
  readonly draft?: Rule | null | undefined
}

/** Who would be denied, and how much is not known; one answer for each endpoint, in order. */
export async function readEndpointEvidence(
  ctx: DecisionContext,
  actor: Actor,
  question: EvidenceQuestion,
): Promise<EndpointEvidenceAnswer[]> {
  requireRole(actor, 'viewer')
  const ids = question.endpoints.map(({ id }) => id)
  const base = await loadEvidenceBase(ctx, question.environmentId, ids, question.windowHours)
  const [coverage, scopeIds] = await Promise.all([
    readCoverage(ctx.pool, ids, base),
    readScopeIds(
      ctx.pool,
      question.endpoints.map(({ serviceId }) => serviceId),
    ),
  ])
  return question.endpoints.map((endpoint) => {
    const judged = judgeEndpoint(base, endpoint, question.draft === undefined ? endpoint.rule : question.draft)
    return toAnswer(base, endpoint, judged, coverage.get(endpoint.id), scopeIds.get(endpoint.serviceId) ?? new Map())
  })
}

async function readScopeIds(pool: pg.Pool, serviceIds: readonly string[]): Promise<Map<string, Map<string, string>>> {
  const { rows } = await pool.query<{
    id: string
    name: string
    service_id: string
  }>('SELECT id, name, service_id FROM scope WHERE service_id = ANY ($1)', [serviceIds])
  const byService = Map.groupBy(rows, ({ service_id }) => service_id)
  return new Map(
    [...byService].map(([serviceId, scopes]) => [serviceId, new Map(scopes.map(({ id, name }) => [name, id]))]),
  )
}

function toAnswer(
  base: EvidenceBase,
  endpoint: EvidenceQuestion['endpoints'][number],
  judged: EndpointJudgement,
  coverage: Coverage | undefined,
  scopeIds: ReadonlyMap<string, string>,
): EndpointEvidenceAnswer {
  const holders = base.holders.get(endpoint.serviceId) ?? []
  const grants = new Map(
    holders.flatMap(({ clientId, grantedAt }) =>
      [...grantedAt].map(([scope, at]) => [`${clientId} ${scope}`, at] as const),
    ),
  )
  const context: FixContext = {
    serviceSlug: endpoint.serviceSlug,
    scopeIds,
    grants,
    lifetimes: base.lifetimes,
    now: base.now,
  }
  const instances = base.instances.get(endpoint.serviceId) ?? []
  return {
    endpointId: endpoint.id,
    readiness: judged.readiness,
    causes: [...judged.causes],
    windowHours: base.windowHours,
    observedFrom: judged.observedFrom?.toISOString() ?? null,
    observedTo: judged.observedTo?.toISOString() ?? null,
    requests: judged.requests,
    unevaluatedRequests: judged.unevaluatedRequests,
    replayedRequests: judged.replayedRequests,
    wouldDeny: judged.wouldDeny,
    undetermined: judged.undetermined,
    upperBound: judged.wouldDeny === 0 ? upperBound(judged.requests) : null,
    hoursCovered: coverage?.hours ?? [],
    weekdaysCovered: coverage?.weekdays ?? [],
    callers: judged.callers.map((summary) => toCallerEvidence(summary, context, base)),
    remedied: judged.remedied.map(({ since, ...each }) => ({
      ...each,
      scopes: [...each.scopes],
      since: since.toISOString(),
    })),
    callersNotSeen: [...judged.callersNotSeen],
    tokenAges: toHistogram(base.signatures.get(endpoint.id) ?? []),
    instances: {
      live: instances.length,
      confirmed: instances.filter(({ confirmed }) => confirmed).length,
      behind: instances
        .filter(({ confirmed }) => !confirmed)
        .map(({ id, hostname, revision, state }) => ({
          id,
          hostname,
          revision,
          state,
        })),
    },
    sharedCredentials: judged.sharedCredentials.map(({ clientId, workloads }) => ({
      clientId,
      workloads: [...workloads],
    })),
  }
}

const toCallerEvidence = (
  summary: CallerSummary,
  context: FixContext,
  base: EvidenceBase,
): EndpointEvidenceAnswer['callers'][number] => ({
  ...summary,
  reasons: summary.reasons.map((reason) => ({
    ...reason,
    missingScopes: [...reason.missingScopes],
  })),
  fixes: recommendFixes(summary, context),
  firstAt: summary.firstAt.toISOString(),
  lastAt: summary.lastAt.toISOString(),
  lastDeniedAt: summary.lastDeniedAt?.toISOString() ?? null,
  workloads: [...(base.sharedCredentials.find(({ clientId }) => clientId === summary.caller.name)?.workloads ?? [])],
})

function toHistogram(recorded: readonly SignatureTotals[]): EndpointEvidenceAnswer['tokenAges'] {
  const totals = new Array<number>(TOKEN_AGE_BUCKETS).fill(0)
  for (const { tokenAges } of recorded)
    tokenAges?.forEach((count, bucket) => (totals[bucket] = (totals[bucket] ?? 0) + count))
  return totals.map((count, bucket) => ({
    uptoSeconds: TOKEN_AGE_EDGES_SECONDS[bucket] ?? null,
    count,
  }))
}
