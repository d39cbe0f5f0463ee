import type pg from 'pg'
import type { Rule } from '../../policy/rule.ts'
import type { DecisionContext } from '../context.ts'
import { readInstanceCounts } from '../instance/read-instance-counts.ts'
import { createStaleCache, perOwner } from '../serve-stale.ts'
import { judgeEndpoint, loadEvidenceBase, type EndpointJudgement, type JudgedEndpoint } from './load-evidence.ts'

const WINDOW_HOURS = 168
/** Lists show readiness a few seconds old rather than replay a week for each page, and in large fleets up to two minutes old. */
const FRESH_MS = 5_000
const STALE_MS = 2 * 60_000
/** So many changed endpoints are judged while the list waits; the others have no judgement until the next one of all. */
const JUDGED_AT_ONCE_MAX = 100

interface Judged {
  readonly judgements: Map<string, EndpointJudgement>
  /** Rules they rest on, as text. */
  readonly rules: Map<string, string>
}

const cacheOf = perOwner<pg.Pool, ReturnType<typeof createStaleCache<Judged>>>(() =>
  createStaleCache<Judged>({ freshMs: FRESH_MS, staleMs: STALE_MS }),
)

/**
 * Readiness of every endpoint of an environment over the last seven days. What was recorded may be a few seconds old; a rule
 * never is: an endpoint whose rule changed is judged anew, or not at all. Instances that confirm a change do not wait for the seconds.
 */
export async function readReadinessByEndpoint(
  ctx: DecisionContext,
  environment: { readonly id: string; readonly revision: number },
): Promise<ReadonlyMap<string, EndpointJudgement>> {
  const instances = await readInstanceCounts(ctx.pool, environment.id)
  const basis = JSON.stringify([environment.revision, [...instances]])
  const judged = await cacheOf(ctx.pool)(environment.id, basis, () => judgeAll(ctx, environment.id))
  const endpoints = await readRules(ctx.pool, environment.id)
  await judgeChanged(ctx, environment.id, judged, endpoints)
  return new Map(
    endpoints.flatMap(({ id, rule }) => {
      const judgement = judged.rules.get(id) === toText(rule) ? judged.judgements.get(id) : undefined
      return judgement === undefined ? [] : [[id, judgement] as const]
    }),
  )
}

async function readRules(pool: pg.Pool, environmentId: string): Promise<JudgedEndpoint[]> {
  const { rows } = await pool.query<JudgedEndpoint>(
    'SELECT id, service_id AS "serviceId", rule FROM endpoint WHERE environment_id = $1',
    [environmentId],
  )
  return rows
}

async function judgeAll(ctx: DecisionContext, environmentId: string): Promise<Judged> {
  const [base, endpoints] = await Promise.all([
    loadEvidenceBase(ctx, environmentId, null, WINDOW_HOURS),
    readRules(ctx.pool, environmentId),
  ])
  return {
    judgements: new Map(endpoints.map((endpoint) => [endpoint.id, judgeEndpoint(base, endpoint)])),
    rules: new Map(endpoints.map(({ id, rule }) => [id, toText(rule)])),
  }
}

async function judgeChanged(
  ctx: DecisionContext,
  environmentId: string,
  judged: Judged,
  endpoints: readonly JudgedEndpoint[],
): Promise<void> {
  const changed = endpoints.filter(({ id, rule }) => judged.rules.get(id) !== toText(rule))
  if (changed.length === 0 || changed.length > JUDGED_AT_ONCE_MAX) return
  const ids = changed.map(({ id }) => id)
  const base = await loadEvidenceBase(ctx, environmentId, ids, WINDOW_HOURS)
  for (const endpoint of changed) {
    judged.judgements.set(endpoint.id, judgeEndpoint(base, endpoint))
    judged.rules.set(endpoint.id, toText(endpoint.rule))
  }
}

const toText = (rule: Rule | null): string => JSON.stringify(rule)
