import type pg from 'pg'
import type { z } from 'zod'
import type { Overview } from '../../contract/decisions.ts'
import type { Rule } from '../../policy/rule.ts'
import type { Mode } from '../../policy/vocabulary.ts'
import { readAutomaticUndos } from '#lib/store/decisions/read-automatic-undos.ts'
import { readLiveInstances } from '#lib/store/decisions/read-live-instances.ts'
import { readOutcomeCounts, type OutcomeTotals } from '#lib/store/decisions/read-outcome-counts.ts'
import { readUnforeseenDenials } from '#lib/store/decisions/read-unforeseen-denials.ts'
import { requireRole, type Actor } from '../actor.ts'
import type { ControlContext } from '../context.ts'
import type { AttentionItem } from './attention-item.ts'
import { findEndpointAttention, type AttentionEndpoint } from './find-endpoint-attention.ts'
import { findIdentityAttention } from './find-identity-attention.ts'
import { readReadinessByEndpoint } from './read-readiness.ts'

const DAY_MS = 86_400_000

interface OverviewEnvironment {
  readonly id: string
  readonly slug: string
  readonly revision: number
}

interface EndpointRow {
  readonly id: string
  readonly serviceSlug: string
  readonly method: string
  readonly route: string
  readonly mode: Mode
  readonly percent: number
  readonly rule: Rule | null
}

/** Posture of the fleet, and what needs attention next. */
export async function readOverview(
  ctx: Pick<ControlContext, 'pool' | 'decisions' | 'database'>,
  actor: Actor,
  environment: OverviewEnvironment,
): Promise<z.input<typeof Overview>> {
  requireRole(actor, 'viewer')
  const { pool } = ctx
  const now = new Date()
  const [endpoints, judgements, instances, unforeseen, undos, today, yesterday, counts] = await Promise.all([
    readEndpointRows(pool, environment.id),
    readReadinessByEndpoint(ctx, environment),
    readLiveInstances(pool, environment.id),
    readUnforeseenDenials(pool, environment.id),
    readAutomaticUndos(pool, environment.id),
    readOutcomeCounts(pool, environment.id, new Date(now.getTime() - DAY_MS), now),
    readOutcomeCounts(pool, environment.id, new Date(now.getTime() - 2 * DAY_MS), new Date(now.getTime() - DAY_MS)),
    readCatalogCounts(pool, environment),
  ])
  const judged: AttentionEndpoint[] = endpoints.map((endpoint) => ({
    ...endpoint,
    judgement: judgements.get(endpoint.id),
  }))
  const attention = [
    ...findEndpointAttention(judged, unforeseen, undos),
    ...(await findIdentityAttention(ctx, environment.id, instances)),
  ]
  return {
    environment: environment.slug,
    revision: environment.revision,
    ...counts,
    endpoints: countModes(endpoints),
    readiness: countReadiness(judged),
    instances: {
      live: instances.length,
      confirmed: instances.filter(({ confirmed }) => confirmed).length,
    },
    last24Hours: toOutcomes(today),
    previous24Hours: toOutcomes(yesterday),
    deniedCallers24Hours: today.deniedCallers,
    attention: sortAttention(attention),
  }
}

async function readEndpointRows(pool: pg.Pool, environmentId: string): Promise<EndpointRow[]> {
  const { rows } = await pool.query<EndpointRow>(
    `SELECT e.id, v.slug AS "serviceSlug", e.method, e.route, e.mode::text AS mode, e.percent, e.rule
     FROM endpoint e JOIN service v ON v.id = e.service_id WHERE e.environment_id = $1 ORDER BY v.slug, e.route, e.method`,
    [environmentId],
  )
  return rows
}

async function readCatalogCounts(pool: pg.Pool, environment: OverviewEnvironment) {
  const { rows } = await pool.query<{
    services: number
    identities: number
    publishedAt: Date | null
  }>(
    `SELECT (SELECT count(*)::int FROM service) AS services, (SELECT count(*)::int FROM identity) AS identities,
       (SELECT published_at FROM revision WHERE environment_id = $1 AND number = $2) AS "publishedAt"`,
    [environment.id, environment.revision],
  )
  const [row] = rows
  return {
    services: row?.services ?? 0,
    identities: row?.identities ?? 0,
    publishedAt: row?.publishedAt?.toISOString() ?? null,
  }
}

function countModes(endpoints: readonly EndpointRow[]) {
  const count = (mode: Mode): number => endpoints.filter((endpoint) => endpoint.mode === mode).length
  const enforcePartial = endpoints.filter(({ mode, percent }) => mode === 'enforce' && percent < 100).length
  return {
    off: count('off'),
    'log-only': count('log-only'),
    enforce: count('enforce'),
    enforcePartial,
  }
}

function countReadiness(endpoints: readonly AttentionEndpoint[]) {
  const counts = { ready: 0, 'not-ready': 0, 'not-enough-evidence': 0 }
  for (const { mode, judgement } of endpoints)
    if (mode !== 'enforce') counts[judgement?.readiness ?? 'not-enough-evidence']++
  return counts
}

const toOutcomes = ({ allowed, 'would-deny': wouldDeny, denied, unevaluated }: OutcomeTotals) => ({
  allowed,
  'would-deny': wouldDeny,
  denied,
  unevaluated,
})

const SEVERITIES: readonly AttentionItem['severity'][] = ['critical', 'warning', 'notice']
const sortAttention = (items: readonly AttentionItem[]): AttentionItem[] =>
  items.toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || b.count - a.count)
