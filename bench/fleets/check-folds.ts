import { isDeepStrictEqual } from 'node:util'
import { toCaller } from '#lib/evidence/caller.ts'
import { addTokenAges } from '#lib/evidence/token-age-counts.ts'
import { NO_CONTEXT, type Facts } from '#lib/policy/decision.ts'
import { decide } from '#lib/policy/evaluate.ts'
import { TOKEN_AGE_BUCKETS, tokenAgeBucket } from '#lib/policy/token-age.ts'
import type { Outcome } from '#lib/policy/vocabulary.ts'
import type { Dropped } from '../../sdk/src/report/decision-queue.ts'
import type { Findings } from './findings.ts'
import type { LedgerEntry } from './ledger.ts'
import type { Request } from './make-traffic.ts'
import { MINUTE_MS } from './rhythms.ts'
import { hasDropped, isEvaluated, type Simulation } from './simulate.ts'

/** Requests of one caller to one endpoint with one outcome. */
interface Series {
  readonly minutes: Map<number, number>
  readonly ages: number[]
}
type SeriesByKey = Map<string, Series>

const NOBODY = 'anonymous:unknown client'

/** Folded decisions say what single requests say: to the minute and the age, or, where windows cross minutes, to a window. */
export function checkFolds(simulation: Simulation, findings: Findings): void {
  const { fleet, requests, ledger } = simulation
  const complete = new Set(
    fleet.endpoints.filter(({ service }) => !hasDropped(simulation, service)).map(({ id }) => id),
  )
  const raw = toRawSeries(requests.filter(({ job }) => complete.has(job.endpoint.id)))
  const folded = toFoldedSeries(ledger.entries.filter(({ endpointId }) => complete.has(endpointId ?? '')))
  findings.count('requests', requests.length)
  for (const key of new Set([...raw.keys(), ...folded.keys()])) {
    findings.count('fold series')
    const [single, counted] = [raw.get(key), folded.get(key)]
    const isSame = single !== undefined && counted !== undefined && areAlike(single, counted, fleet.isAligned)
    if (!isSame) findings.violate('folds', fleet.seed, { key, raw: single?.ages, folded: counted?.ages })
  }
  checkDropped(simulation, findings)
}

const areAlike = (raw: Series, folded: Series, isAligned: boolean): boolean =>
  isDeepStrictEqual(raw.ages, folded.ages) &&
  (isAligned ? isDeepStrictEqual(raw.minutes, folded.minutes) : isBarelyLate(raw.minutes, folded.minutes))

/** A window belongs to the minute of its last request: nothing is counted early, and nothing more than a minute late. */
function isBarelyLate(raw: ReadonlyMap<number, number>, folded: ReadonlyMap<number, number>): boolean {
  const minutes = [...raw.keys()].toSorted((a, b) => a - b)
  const steps = new Set([...minutes, ...folded.keys(), ...minutes.map((at) => at + MINUTE_MS)])
  let [happened, due, counted, next] = [0, 0, 0, 0]
  for (const at of [...steps].toSorted((a, b) => a - b)) {
    happened += raw.get(at) ?? 0
    counted += folded.get(at) ?? 0
    for (; (minutes[next] ?? Infinity) <= at - MINUTE_MS; next++) due += raw.get(minutes[next] ?? 0) ?? 0
    if (counted > happened || counted < due) return false
  }
  return counted === happened
}

/** Where an instance had no room, it says exactly how much it lost of what. */
function checkDropped(simulation: Simulation, findings: Findings): void {
  const { fleet, recorder, requests, ledger } = simulation
  for (const service of new Set(fleet.endpoints.map((endpoint) => endpoint.service))) {
    if (!hasDropped(simulation, service)) continue
    findings.count('services that dropped decisions')
    const own = requests.filter(({ job }) => job.endpoint.service === service)
    const happened = Map.groupBy(own, (request) => (isEvaluated(request) ? outcomeOf(request) : 'allowed'))
    const kept = Map.groupBy(
      ledger.entries.filter(({ serviceId }) => serviceId === service.id),
      ({ facts }) => facts.outcome,
    )
    for (const [outcome, lost] of outcomesOf(recorder.droppedOf(service))) {
      const known = (kept.get(outcome) ?? []).reduce((sum, { minutes }) => sum + totalOf(minutes), 0)
      if (known + lost !== (happened.get(outcome)?.length ?? 0))
        findings.violate('folds', fleet.seed, { service: service.id, outcome, known, lost })
    }
  }
}

const outcomesOf = ({ allowed, wouldDeny, denied }: Dropped): [Outcome, number][] => [
  ['allowed', allowed],
  ['would-deny', wouldDeny],
  ['denied', denied],
]

const totalOf = (minutes: ReadonlyMap<number, number>): number =>
  [...minutes.values()].reduce((sum, count) => sum + count, 0)

function toRawSeries(requests: readonly Request[]): SeriesByKey {
  const byKey: SeriesByKey = new Map()
  for (const request of requests) {
    const isKnown = isEvaluated(request)
    const [caller, outcome] = isKnown ? [request.callerKey, outcomeOf(request)] : [NOBODY, 'allowed' as const]
    const { minutes, ages } = seriesOf(byKey, request.job.endpoint.id, caller, outcome)
    const minute = Math.floor(request.atMs / MINUTE_MS) * MINUTE_MS
    minutes.set(minute, (minutes.get(minute) ?? 0) + 1)
    if (!isKnown || request.ageSeconds === null) continue
    const bucket = tokenAgeBucket(request.ageSeconds)
    ages[bucket] = (ages[bucket] ?? 0) + 1
  }
  return byKey
}

/** A decision of its own, of a request on its own. */
function outcomeOf({ caller, ageSeconds, job }: Request): Outcome {
  const known: Facts = caller.facts
  const facts = { ...known, tokenAgeSeconds: ageSeconds, address: job.address, context: NO_CONTEXT }
  return decide(facts, { mode: 'log-only', percent: 100, rule: job.endpoint.rule }).outcome
}

function toFoldedSeries(entries: readonly LedgerEntry[]): SeriesByKey {
  const byKey: SeriesByKey = new Map()
  for (const { endpointId, facts, minutes, hours } of entries) {
    const { key } = toCaller(facts.callerKind, facts.caller, facts.callerHint)
    const series = seriesOf(byKey, endpointId ?? '', key, facts.outcome)
    for (const [at, count] of minutes) series.minutes.set(at, (series.minutes.get(at) ?? 0) + count)
    const histograms = [...hours.values()].flatMap(({ ages }) => (ages === null ? [] : [ages]))
    for (const [bucket, count] of addTokenAges(histograms).entries())
      series.ages[bucket] = (series.ages[bucket] ?? 0) + count
  }
  return byKey
}

function seriesOf(byKey: SeriesByKey, endpointId: string, callerKey: string, outcome: Outcome): Series {
  const key = `${endpointId} ${callerKey} ${outcome}`
  const known = byKey.get(key) ?? { minutes: new Map(), ages: new Array<number>(TOKEN_AGE_BUCKETS).fill(0) }
  byKey.set(key, known)
  return known
}
