import { toCaller } from '#lib/evidence/caller.ts'
import { judgeLifetime } from '#lib/evidence/judge-lifetime.ts'
import { addTokenAges } from '#lib/evidence/token-age-counts.ts'
import { TOKEN_AGE_EDGES_SECONDS, TOKEN_LIFETIME_SECONDS_MIN } from '#lib/policy/vocabulary.ts'
import type { SignatureTotals } from '#lib/store/decisions/read-signature-totals.ts'
import type { Findings } from './findings.ts'
import type { Request } from './make-traffic.ts'
import { DAY_MS, MINUTE_MS, WEEK_MS } from './rhythms.ts'
import { hasDropped, isEvaluated, within, type Simulation } from './simulate.ts'

const WINDOW_DAYS = 30

/** The lifetime that is recommended, against every single age at which a token was used, as far as no instance had to drop one. */
export function checkLifetimes(simulation: Simulation, atMs: number, findings: Findings): void {
  const fromMs = atMs - WINDOW_DAYS * DAY_MS
  const used = usesByCaller(simulation)
  for (const [key, own] of totalsByCaller(simulation, fromMs, atMs)) {
    const uses = used.get(key) ?? []
    const judgement = judgeLifetime({
      issuedSeconds: Math.max(...uses.map(({ job }) => job.lifetimeSeconds)),
      ages: addTokenAges(own.flatMap(({ tokenAges }) => (tokenAges === null ? [] : [tokenAges]))),
      firstAt: new Date(Math.min(...own.map(({ firstAt }) => firstAt.getTime()))),
      now: new Date(atMs),
    })
    const { shortestSeconds, standing } = judgement
    if (shortestSeconds === null) continue
    checkShortest({ seed: simulation.fleet.seed, atMs, key, shortestSeconds }, uses, findings)
    if (standing === 'shorten') checkLater(within(uses, atMs, atMs + WEEK_MS), shortestSeconds, findings)
  }
}

/** Of callers all of whose services told everything. */
function usesByCaller(simulation: Simulation): Map<string, Request[]> {
  const valid = simulation.requests.filter(
    ({ job, caller }) => caller.facts.tokenProblem === null && !hasDropped(simulation, job.endpoint.service),
  )
  return Map.groupBy(valid, ({ callerKey }) => callerKey)
}

function totalsByCaller(simulation: Simulation, fromMs: number, atMs: number): Map<string, SignatureTotals[]> {
  const complete = new Set(
    simulation.fleet.endpoints.filter(({ service }) => !hasDropped(simulation, service)).map(({ id }) => id),
  )
  const totals = simulation.ledger
    .totals(fromMs, atMs)
    .filter(({ evaluated, tokenProblem, caller }) => evaluated && tokenProblem === null && caller !== null)
    .filter(({ endpointId }) => complete.has(endpointId ?? ''))
  return Map.groupBy(totals, ({ callerKind, caller }) => toCaller(callerKind, caller, null).key)
}

interface Advice {
  readonly seed: number
  readonly atMs: number
  readonly key: string
  readonly shortestSeconds: number
}

/** It breaks no use, and the next shorter one would. */
function checkShortest(advice: Advice, uses: readonly Request[], findings: Findings): void {
  const { seed, atMs, shortestSeconds } = advice
  const fromMs = atMs - WINDOW_DAYS * DAY_MS
  const broken = countOlder(within(uses, fromMs, atMs).filter(isEvaluated), shortestSeconds)
  const below = TOKEN_AGE_EDGES_SECONDS.findLast((edge) => edge < shortestSeconds && edge >= TOKEN_LIFETIME_SECONDS_MIN)
  // A window that crosses an hour belongs to the later one.
  const recorded = within(uses, fromMs - MINUTE_MS, atMs).filter(isEvaluated)
  const isShortest = below === undefined || countOlder(recorded, below) > 0
  findings.count('lifetimes')
  if (broken > 0 || !isShortest) findings.violate('lifetime', seed, { ...advice, broken, below })
}

/** How the advice fares in the week that follows, which nobody had seen. */
function checkLater(following: readonly Request[], shortestSeconds: number, findings: Findings): void {
  if (following.length === 0) return
  findings.count('lifetimes to shorten')
  if (countOlder(following, shortestSeconds) <= following.length / 100) findings.count('lifetimes to shorten, held')
}

const countOlder = (requests: readonly Request[], seconds: number): number =>
  requests.filter(({ ageSeconds }) => (ageSeconds ?? 0) > seconds).length
