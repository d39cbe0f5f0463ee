import { isDeepStrictEqual } from 'node:util'
import { decide } from '#lib/policy/evaluate.ts'
import { NO_CONTEXT } from '#lib/policy/decision.ts'
import { TOKEN_AGE_BUCKETS, tokenAgeBucket } from '#lib/policy/token-age.ts'
import type { Outcome } from '#lib/policy/vocabulary.ts'
import type { Dropped } from '../../sdk/src/report/decision-queue.ts'
import type { Findings } from './findings.ts'
import { callerKeyOf as keyOfFacts, type Counted, type LedgerEntry } from './ledger.ts'
import { MINUTE_MS } from './rhythms.ts'
import { callerKeyOf, isEvaluated, type Simulation } from './simulate.ts'
import type { Request } from './make-traffic.ts'

/** Counts by caller, endpoint and outcome, in time. */
type Counts = Map<string, Map<number, Counted>>

const NOBODY = 'anonymous:unknown client'

/** Folded decisions say what the single requests say: to the minute and the age, or, where windows cross minutes, to a window. */
export function checkFolds(simulation: Simulation, findings: Findings): void {
  const { fleet, recorder } = simulation
  const complete = new Set(
    fleet.endpoints.filter(({ service }) => sumOf(recorder.droppedOf(service)) === 0).map(({ id }) => id),
  )
  const raw = countRaw(simulation.requests.filter(({ job }) => complete.has(job.endpoint.id)))
  const folded = countFolded(simulation.ledger.entries.filter(({ endpointId }) => complete.has(endpointId ?? '')))
  findings.count('requests', simulation.requests.length)
  for (const key of new Set([...raw.keys(), ...folded.keys()]))
    compare(key, raw.get(key) ?? new Map(), folded.get(key) ?? new Map(), simulation, findings)
  checkDropped(simulation, findings)
}

function compare(
  key: string,
  raw: ReadonlyMap<number, Counted>,
  folded: ReadonlyMap<number, Counted>,
  { fleet }: Simulation,
  findings: Findings,
): void {
  findings.count('fold series')
  const isSame = fleet.isAligned
    ? isDeepStrictEqual(totalsOf(raw), totalsOf(folded)) && haveSameCounts(raw, folded)
    : isLate(raw, folded)
  if (!isSame || !isDeepStrictEqual(agesOf(raw), agesOf(folded)))
    findings.violate('folds', fleet.seed, { key, raw: totalsOf(raw), folded: totalsOf(folded) })
}

const totalsOf = (counts: ReadonlyMap<number, Counted>): number =>
  [...counts.values()].reduce((sum, { count }) => sum + count, 0)

const haveSameCounts = (raw: ReadonlyMap<number, Counted>, folded: ReadonlyMap<number, Counted>): boolean =>
  raw.size === folded.size && [...raw].every(([at, { count }]) => folded.get(at)?.count === count)

/** A window belongs to the minute of its last request: nothing is counted early, and nothing more than a minute late. */
function isLate(raw: ReadonlyMap<number, Counted>, folded: ReadonlyMap<number, Counted>): boolean {
  const minutes = [...raw.keys()].toSorted((a, b) => a - b)
  const steps = new Set([...minutes, ...folded.keys(), ...minutes.map((at) => at + MINUTE_MS)])
  let [happened, due, counted, next] = [0, 0, 0, 0]
  for (const at of [...steps].toSorted((a, b) => a - b)) {
    happened += raw.get(at)?.count ?? 0
    counted += folded.get(at)?.count ?? 0
    for (; (minutes[next] ?? Infinity) <= at - MINUTE_MS; next++) due += raw.get(minutes[next] ?? 0)?.count ?? 0
    if (counted > happened || counted < due) return false
  }
  return counted === happened
}

function agesOf(counts: ReadonlyMap<number, Counted>): number[] | null {
  const known = [...counts.values()].flatMap(({ ages }) => (ages === null ? [] : [ages]))
  if (known.length === 0) return null
  const sum = new Array<number>(TOKEN_AGE_BUCKETS).fill(0)
  for (const ages of known) for (const [bucket, count] of ages.entries()) sum[bucket] = (sum[bucket] ?? 0) + count
  return sum
}

/** Where an instance had no room, it says exactly how much it lost of what. */
function checkDropped({ fleet, recorder, requests, ledger }: Simulation, findings: Findings): void {
  for (const service of new Set(fleet.endpoints.map((endpoint) => endpoint.service))) {
    const dropped = recorder.droppedOf(service)
    if (sumOf(dropped) === 0) continue
    findings.count('fold series with drops')
    const own = requests.filter(({ job }) => job.endpoint.service === service)
    const outcomes = own.map((request) => (isEvaluated(request) ? outcomeOf(request) : 'allowed'))
    for (const [outcome, lost] of [
      ['allowed', dropped.allowed],
      ['would-deny', dropped.wouldDeny],
    ] as const) {
      const happened = outcomes.filter((each) => each === outcome).length
      const entries = ledger.entries.filter(
        ({ serviceId, facts }) => serviceId === service.id && facts.outcome === outcome,
      )
      const kept = entries.reduce((sum, { minutes }) => sum + totalsOf(minutes), 0)
      if (kept + lost !== happened)
        findings.violate('folds', fleet.seed, { service: service.id, outcome, happened, kept, lost })
    }
  }
}

const sumOf = ({ allowed, wouldDeny, denied }: Dropped): number => allowed + wouldDeny + denied

function countRaw(requests: readonly Request[]): Counts {
  const counts: Counts = new Map()
  for (const request of requests) {
    const known = isEvaluated(request)
    const key = keyOf(
      request.job.endpoint.id,
      known ? callerKeyOf(request) : NOBODY,
      known ? outcomeOf(request) : 'allowed',
    )
    add(
      counts,
      key,
      Math.floor(request.atMs / MINUTE_MS) * MINUTE_MS,
      1,
      known ? histogramOf(request.ageSeconds) : null,
    )
  }
  return counts
}

const keyOf = (endpointId: string, callerKey: string, outcome: Outcome): string =>
  `${endpointId} ${callerKey} ${outcome}`

/** A decision of its own, of a request on its own. */
function outcomeOf({ caller, ageSeconds, job }: Request): Outcome {
  const facts = { ...caller.facts, tokenAgeSeconds: ageSeconds, address: job.address, context: NO_CONTEXT }
  return decide(facts, { mode: 'log-only', percent: 100, rule: job.endpoint.rule }).outcome
}

function histogramOf(ageSeconds: number | null): number[] | null {
  if (ageSeconds === null) return null
  const ages = new Array<number>(TOKEN_AGE_BUCKETS).fill(0)
  ages[tokenAgeBucket(ageSeconds)] = 1
  return ages
}

function countFolded(entries: readonly LedgerEntry[]): Counts {
  const counts: Counts = new Map()
  for (const { endpointId, facts, minutes } of entries)
    for (const [at, { count, ages }] of minutes)
      add(counts, keyOf(endpointId ?? '', keyOfFacts(facts), facts.outcome), at, count, ages)
  return counts
}

function add(counts: Counts, key: string, at: number, count: number, ages: readonly number[] | null): void {
  const series = counts.get(key) ?? new Map<number, Counted>()
  counts.set(key, series)
  const known = series.get(at)
  if (known === undefined) {
    series.set(at, { count, ages: ages === null ? null : [...ages] })
    return
  }
  known.count += count
  if (ages === null) return
  known.ages ??= new Array<number>(TOKEN_AGE_BUCKETS).fill(0)
  for (const [bucket, inBucket] of ages.entries()) known.ages[bucket] = (known.ages[bucket] ?? 0) + inBucket
}
