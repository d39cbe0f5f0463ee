import { judgeLifetime } from '#lib/evidence/judge-lifetime.ts'
import { addTokenAges } from '#lib/evidence/token-age-counts.ts'
import { TOKEN_AGE_EDGES_SECONDS, TOKEN_LIFETIME_SECONDS_MIN } from '#lib/policy/vocabulary.ts'
import type { Findings } from './findings.ts'
import type { Request } from './make-traffic.ts'
import { DAY_MS, WEEK_MS } from './rhythms.ts'
import { isEvaluated, within, type Simulation } from './simulate.ts'
import { toCaller } from '#lib/evidence/caller.ts'

const WINDOW_DAYS = 30

/** The lifetime that is recommended, against every single age at which a token was used. */
export function checkLifetimes({ fleet, ledger, requests }: Simulation, atMs: number, findings: Findings): void {
  const fromMs = atMs - WINDOW_DAYS * DAY_MS
  const totals = ledger
    .totals(fromMs, atMs)
    .filter(
      ({ evaluated, tokenProblem, caller, tokenAges }) =>
        evaluated && tokenProblem === null && caller !== null && tokenAges !== null,
    )
  const byCaller = Map.groupBy(
    totals,
    ({ callerKind, caller, callerHint }) => toCaller(callerKind, caller, callerHint).key,
  )
  const used = Map.groupBy(
    requests.filter(({ caller }) => caller.facts.tokenProblem === null),
    ({ callerKey }) => callerKey,
  )
  for (const [key, own] of byCaller) {
    const ages = addTokenAges(own.flatMap(({ tokenAges }) => (tokenAges === null ? [] : [tokenAges])))
    const all = used.get(key) ?? []
    const issuedSeconds = Math.max(...all.map(({ job }) => job.lifetimeSeconds))
    const firstAt = new Date(Math.min(...own.map((each) => each.firstAt.getTime())))
    const judgement = judgeLifetime({ issuedSeconds, ages, firstAt, now: new Date(atMs) })
    const past = within(all, fromMs, atMs).filter(isEvaluated)
    checkShortest(key, judgement.shortestSeconds, past, { seed: fleet.seed, atMs }, findings)
    if (judgement.standing === 'shorten')
      checkLater(within(all, atMs, atMs + WEEK_MS), judgement.shortestSeconds ?? 0, findings)
  }
}

function checkShortest(
  key: string,
  shortest: number | null,
  past: readonly Request[],
  at: { readonly seed: number; readonly atMs: number },
  findings: Findings,
): void {
  if (shortest === null) return
  findings.count('lifetimes')
  const broken = countOlder(past, shortest)
  const below = TOKEN_AGE_EDGES_SECONDS.findLast((edge) => edge < shortest && edge >= TOKEN_LIFETIME_SECONDS_MIN)
  const isShortest = below === undefined || countOlder(past, below) > 0
  if (broken > 0 || !isShortest) findings.violate('lifetime', at.seed, { ...at, key, shortest, broken, below })
}

/** How the advice fares in the week that follows, which nobody had seen. */
function checkLater(following: readonly Request[], shortest: number, findings: Findings): void {
  if (following.length === 0) return
  findings.count('lifetimes to shorten')
  if (countOlder(following, shortest) <= following.length / 100) findings.count('lifetimes to shorten, held')
}

const countOlder = (requests: readonly Request[], seconds: number): number =>
  requests.filter(({ ageSeconds }) => (ageSeconds ?? 0) > seconds).length
