import type { z } from 'zod'
import type { SilentService, Stalled, StalledEndpoint, StalledQuery } from '../../contract/findings.ts'
import { judgeSilence } from '../../evidence/judge-silence.ts'
import { toNextStep } from '../../evidence/next-step.ts'
import { readServiceSigns } from '#lib/store/decisions/read-service-signs.ts'
import { requireRole, type Actor } from '../actor.ts'
import type { ControlContext } from '../context.ts'
import { readEndpointEvidence, type EndpointEvidenceAnswer } from '../decision/read-endpoint-evidence.ts'
import { readReadinessByEndpoint } from '../decision/read-readiness.ts'
import { getEnvironmentRow } from '../environment/get-environment.ts'
import { toFindingList, type FindingList } from './finding-list.ts'
import { loadFindingEndpoints, toEndpointName, type FindingEndpoint } from './load-finding-endpoints.ts'

const DAY_MS = 86_400_000
const WINDOW_HOURS = 168
const CALLERS_MAX = 5

type StalledAnswer = z.input<typeof StalledEndpoint>

/** Endpoints that stay in log-only, the longest first, and services that say nothing. */
export async function readStalled(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  { days, service }: z.output<typeof StalledQuery>,
  itemsMax?: number,
): Promise<z.input<typeof Stalled>> {
  requireRole(actor, 'viewer')
  const environment = await getEnvironmentRow(ctx.database, environmentSlug)
  const [endpoints, signs] = await Promise.all([
    loadFindingEndpoints(ctx.pool, environment.id, service),
    readServiceSigns(ctx.pool, environment.id),
  ])
  const now = new Date()
  const logOnly = endpoints
    .filter(({ mode }) => mode === 'log-only')
    .toSorted((a, b) => a.since.getTime() - b.since.getTime())
  const stalled = logOnly.filter(({ since }) => now.getTime() - since.getTime() >= days * DAY_MS)
  return {
    days,
    oldestDays: logOnly[0] === undefined ? null : toDays(logOnly[0].since),
    endpoints: await toStalledList(ctx, actor, environment, toFindingList(stalled, itemsMax)),
    services: toFindingList(
      signs
        .filter(({ serviceSlug }) => service === undefined || serviceSlug === service)
        .flatMap((row) => toSilent(row, now)),
      itemsMax,
    ),
  }
}

async function toStalledList(
  ctx: ControlContext,
  actor: Actor,
  environment: { readonly id: string; readonly revision: number },
  { items, total }: FindingList<FindingEndpoint>,
): Promise<FindingList<StalledAnswer>> {
  const judgements = await readReadinessByEndpoint(ctx, environment)
  const denying = items.filter(({ id }) => judgements.get(id)?.readiness === 'not-ready')
  const evidence = await readEvidenceOf(ctx, actor, environment.id, denying)
  return {
    total,
    items: items.map((endpoint) => {
      const { readiness, causes } = judgements.get(endpoint.id) ?? { readiness: 'not-enough-evidence', causes: [] }
      const { kind, details } = toNextStep(readiness, causes)
      return {
        ...toEndpointName(endpoint),
        since: endpoint.since.toISOString(),
        days: toDays(endpoint.since),
        readiness,
        nextStep: { kind, details: [...details], callers: toDenied(evidence.get(endpoint.id)) },
      }
    }),
  }
}

/** To a tenth. */
const toDays = (since: Date): number => Math.floor(((Date.now() - since.getTime()) / DAY_MS) * 10) / 10

async function readEvidenceOf(
  ctx: ControlContext,
  actor: Actor,
  environmentId: string,
  endpoints: readonly FindingEndpoint[],
): Promise<Map<string, EndpointEvidenceAnswer>> {
  if (endpoints.length === 0) return new Map()
  const answers = await readEndpointEvidence(ctx, actor, { environmentId, endpoints, windowHours: WINDOW_HOURS })
  return new Map(answers.map((answer) => [answer.endpointId, answer]))
}

/** Those that lose most, with what would let each through. */
const toDenied = (evidence: EndpointEvidenceAnswer | undefined): StalledAnswer['nextStep']['callers'] =>
  (evidence?.callers ?? [])
    .filter(({ wouldDeny }) => wouldDeny > 0)
    .slice(0, CALLERS_MAX)
    .map(({ caller, requests, wouldDeny, reasons, fixes }) => ({ caller, requests, wouldDeny, reasons, fixes }))

function toSilent(
  row: Awaited<ReturnType<typeof readServiceSigns>>[number],
  now: Date,
): z.input<typeof SilentService>[] {
  const silence = judgeSilence({ ...row, now })
  if (silence === null) return []
  const { serviceSlug, team, endpoints, liveInstances, lastSeenAt, lastDecisionAt } = row
  return [
    {
      ...{ serviceSlug, team, silence, endpoints, liveInstances },
      lastSeenAt: lastSeenAt?.toISOString() ?? null,
      lastDecisionAt: lastDecisionAt?.toISOString() ?? null,
    },
  ]
}
