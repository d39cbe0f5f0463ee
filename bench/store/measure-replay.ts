import type pg from 'pg'
import type { DecisionContext } from '#lib/control/context.ts'
import { judgeEndpoint, loadEvidenceBase, type JudgedEndpoint } from '#lib/control/decision/load-evidence.ts'
import { loadFleetEndpoints } from '#lib/control/replay/load-fleet-endpoints.ts'
import { replayDraft } from '#lib/evidence/replay-draft.ts'
import type { Rule } from '#lib/policy/rule.ts'
import { TOKEN_AGE_EDGES_SECONDS } from '#lib/policy/vocabulary.ts'
import { createPostgresDecisionStore } from '#lib/store/decisions/postgres-decision-store.ts'
import { median, quantile } from '../statistics.ts'
import { DAYS, type RecordedMonth } from './recorded-month.ts'
import { judge } from './verdicts.ts'

/** Of few, the slowest alone would tell the 95th percentile. */
const ROUNDS = 60
const HOUR_MS = 3_600_000
const MS_MAX = 150
const AGE_ON_EDGE = 300
const AGE_BETWEEN = 400

const ruleOf = (seconds: number): Rule => ({
  access: 'token',
  requirements: [
    { kind: 'scopes', allOf: ['things:read'] },
    { kind: 'max-token-age', seconds },
  ],
})

interface Judged {
  readonly requests: number
  readonly wouldDeny: number
  readonly undetermined: number
}

/** A draft for every endpoint of the environment, on all that was recorded in a month; and what it would mean for the readiness of each. */
export async function measureReplay(pool: pg.Pool, month: RecordedMonth): Promise<void> {
  const ctx = { pool, decisions: createPostgresDecisionStore(pool) }
  const { rows: endpoints } = await pool.query<JudgedEndpoint>(
    'SELECT id, service_id AS "serviceId", rule FROM endpoint WHERE environment_id = $1',
    [month.environmentId],
  )
  const first = await timed(() => replay(ctx, month, ruleOf(AGE_ON_EDGE)))
  const times = await timeEach(() => replay(ctx, month, ruleOf(AGE_ON_EDGE)))
  console.log(`  first replay after a start ${first.ms.toFixed(0)} ms, then median ${median(times).toFixed(0)} ms`)
  const p95 = quantile(times, 0.95)
  judge({
    what: `replay of 30 days, ${(first.value.requests / 1e9).toFixed(2)} billion decisions`,
    goal: `p95 ≤ ${String(MS_MAX)} ms`,
    measured: `${p95.toFixed(0)} ms`,
    isMet: p95 <= MS_MAX,
  })
  const judging = await timeEach(() => judgeAll(ctx, month, endpoints, ruleOf(AGE_ON_EDGE)))
  console.log(
    `  with the readiness of all ${endpoints.length} endpoints: median ${median(judging).toFixed(0)} ms, p95 ${quantile(judging, 0.95).toFixed(0)} ms`,
  )
  await checkNumbers(pool, month, {
    onEdge: await judgeAll(ctx, month, endpoints, ruleOf(AGE_ON_EDGE)),
    between: await judgeAll(ctx, month, endpoints, ruleOf(AGE_BETWEEN)),
    changed: first.value,
  })
}

/** How long each of several rounds takes, after one that does not count. */
async function timeEach(run: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    const { ms } = await timed(run)
    if (round > 0) times.push(ms)
  }
  return times
}

interface Numbers {
  readonly onEdge: Judged
  readonly between: Judged
  /** Beside the rules as they are. */
  readonly changed: { readonly requests: number; readonly lost: number; readonly undetermined: number }
}

async function checkNumbers(pool: pg.Pool, month: RecordedMonth, numbers: Numbers): Promise<void> {
  const { onEdge, between, changed } = numbers
  const truth = await readTruth(pool, month)
  console.log(`  ${onEdge.requests} decisions, ${onEdge.wouldDeny} would be denied, ${changed.lost} of them newly`)
  const isExact =
    onEdge.requests === truth.requests &&
    changed.requests === truth.requests &&
    onEdge.wouldDeny === truth.withoutScope + truth.olderThanEdge &&
    changed.lost === truth.olderThanEdge &&
    onEdge.undetermined + changed.undetermined === 0
  const isBounded =
    between.undetermined === truth.betweenEdges && between.wouldDeny === onEdge.wouldDeny - truth.betweenEdges
  judge({
    what: 'its numbers, beside sums over the tables',
    goal: 'exact on an edge of the histogram, bounds between',
    measured: `${isExact ? 'exact' : 'not exact'}; ${((between.undetermined / between.requests) * 100).toFixed(1)} % open between`,
    isMet: isExact && isBounded,
  })
}

/** As somebody who edits rules asks for it. */
async function replay({ pool, decisions }: DecisionContext, { environmentId }: RecordedMonth, rule: Rule) {
  const to = new Date()
  const from = new Date(to.getTime() - (DAYS * 24 - 1) * HOUR_MS)
  const fleet = await loadFleetEndpoints(pool, environmentId)
  const recorded = await decisions.counts.readTotals({ environmentId, endpointIds: null, from, to })
  return replayDraft(recorded, fleet, { kind: 'rules', rules: new Map([...fleet.keys()].map((id) => [id, rule])) })
}

async function judgeAll(
  ctx: DecisionContext,
  { environmentId }: RecordedMonth,
  endpoints: readonly JudgedEndpoint[],
  rule: Rule,
): Promise<Judged> {
  const base = await loadEvidenceBase(ctx, environmentId, null, DAYS * 24 - 1)
  const judged = endpoints.map((endpoint) => judgeEndpoint(base, endpoint, rule))
  const sum = (of: (item: (typeof judged)[number]) => number): number =>
    judged.reduce((total, item) => total + of(item), 0)
  return {
    requests: sum(({ requests }) => requests),
    wouldDeny: sum(({ wouldDeny }) => wouldDeny),
    undetermined: sum(({ undetermined }) => undetermined),
  }
}

async function timed<Value>(run: () => Promise<Value>): Promise<{ value: Value; ms: number }> {
  const startedAt = performance.now()
  const value = await run()
  return { value, ms: performance.now() - startedAt }
}

/** What the replay must find, added up by PostgreSQL. */
async function readTruth(pool: pg.Pool, { environmentId }: RecordedMonth) {
  const edge = TOKEN_AGE_EDGES_SECONDS.findIndex((seconds) => seconds === AGE_ON_EDGE) + 1
  const { rows } = await pool.query<{
    requests: number
    withoutScope: number
    olderThanEdge: number
    betweenEdges: number
  }>(
    `SELECT sum(c.count)::float8 AS requests, (sum(c.count) FILTER (WHERE s.outcome = 'would-deny'))::float8 AS "withoutScope",
       (sum(c.count - (SELECT sum(age) FROM unnest(c.token_ages[:$2]) AS age)) FILTER (WHERE s.outcome = 'allowed'))::float8 AS "olderThanEdge",
       (sum(c.token_ages[$2 + 1]) FILTER (WHERE s.outcome = 'allowed'))::float8 AS "betweenEdges"
     FROM (SELECT signature_id, count, token_ages FROM decision_day UNION ALL SELECT signature_id, count, token_ages FROM decision_hour) AS c
     JOIN decision_signature s ON s.id = c.signature_id WHERE s.environment_id = $1`,
    [environmentId, edge],
  )
  const [row] = rows
  if (row === undefined) throw new Error('there is nothing to add up')
  return row
}
