import type pg from 'pg'
import type { Rule } from '../../policy/rule.ts'
import { judgeEndpoint, loadEvidenceBase, type EndpointJudgement } from './load-evidence.ts'

const WINDOW_HOURS = 168
/** Lists show readiness a few seconds old rather than replay a week for each page. */
const FRESH_MS = 10_000

interface Known {
  readonly at: number
  readonly revision: number
  readonly judgements: Promise<ReadonlyMap<string, EndpointJudgement>>
}

const known = new WeakMap<pg.Pool, Map<string, Known>>()

/**
 * Readiness of every endpoint of an environment over the last seven days. One question is asked of the database at a time;
 * publishing a revision makes the answer stale at once.
 */
export function readReadinessByEndpoint(
  pool: pg.Pool,
  environment: { readonly id: string; readonly revision: number },
): Promise<ReadonlyMap<string, EndpointJudgement>> {
  const answers = known.get(pool) ?? new Map<string, Known>()
  known.set(pool, answers)
  const last = answers.get(environment.id)
  if (last !== undefined && last.revision === environment.revision && Date.now() - last.at < FRESH_MS)
    return last.judgements
  const judgements = judgeAll(pool, environment.id)
  judgements.catch(() => answers.delete(environment.id))
  answers.set(environment.id, {
    at: Date.now(),
    revision: environment.revision,
    judgements,
  })
  return judgements
}

async function judgeAll(pool: pg.Pool, environmentId: string): Promise<ReadonlyMap<string, EndpointJudgement>> {
  const [base, endpoints] = await Promise.all([
    loadEvidenceBase(pool, environmentId, null, WINDOW_HOURS),
    pool.query<{ id: string; serviceId: string; rule: Rule | null }>(
      'SELECT id, service_id AS "serviceId", rule FROM endpoint WHERE environment_id = $1',
      [environmentId],
    ),
  ])
  return new Map(endpoints.rows.map((endpoint) => [endpoint.id, judgeEndpoint(base, endpoint)]))
}
