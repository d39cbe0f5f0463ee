import { DENIAL_RATE_MAX } from '#lib/evidence/readiness.ts'
import { upperBound } from '#lib/evidence/upper-bound.ts'
import type { SeededRandom } from '../../sdk/test/seeded-random.ts'
import { enforceDraft, namedAt } from './check-forecast.ts'
import type { Findings } from './findings.ts'
import { DAY_MS, WEEK_MS } from './rhythms.ts'
import { callerKeyOf, isEvaluated, within, type Ask, type Simulation } from './simulate.ts'

/** Callers of whom anything is recorded so many days back were seen: the longest month, and the longest time between two first Mondays. */
const MEMORY_DAYS = 35

/** The draft in force over the week that follows, beside what was said before. */
export function checkFollowingWeek({ fleet }: Simulation, ask: Ask, findings: Findings): void {
  const { atMs, judgement, endpoint, windowHours } = ask
  const following = within(ask.requests, atMs, atMs + WEEK_MS)
  const seen = new Set(
    within(ask.requests, atMs - MEMORY_DAYS * DAY_MS, atMs)
      .filter(isEvaluated)
      .map(callerKeyOf),
  )
  const broken = [...enforceDraft(following, ask, 100)].filter(([, { denied }]) => denied > 0)
  const known = broken.filter(([key]) => seen.has(key))
  const isReady = judgement.readiness === 'ready'
  findings.count(`asked, ${windowHours} h`)
  if (isReady) findings.count(`ready, ${windowHours} h`)
  if (broken.length === 0) findings.count(`true, ${windowHours} h`)
  if (broken.length === 0 && isReady) findings.count(`true and ready, ${windowHours} h`)
  if (broken.length === 0 && !isReady)
    for (const { kind } of judgement.causes.filter(({ blocking }) => blocking))
      findings.count(`held back: ${kind}, ${windowHours} h`)
  for (const [key, { requests, denied, reasons }] of known) {
    const isAge = [...reasons.keys()].every((reason) => reason === 'token-too-old')
    const facts = { endpoint: endpoint.id, atMs, windowHours, key, requests, denied, reasons: [...reasons] }
    if (isReady && !isAge) findings.violate('ready', fleet.seed, facts)
    if (isReady && isAge && denied > DENIAL_RATE_MAX * requests) findings.violate('ready, ages', fleet.seed, facts)
    if (!isNamed(ask, key)) findings.violate(isAge ? 'named, ages' : 'named', fleet.seed, facts)
  }
  findings.count('known callers that were denied', known.length)
  if (isReady) findings.count('ready, unknown callers denied', broken.length - known.length)
  checkBound(ask, broken.reduce((sum, [, { denied }]) => sum + denied, 0) / following.length, findings)
}

/** Before its first denial the console named this caller: as denied, as open, or as one of whom the window tells nothing. */
function isNamed(ask: Ask, key: string): boolean {
  const { callers, callersNotSeen } = ask.judgement
  return (
    namedAt(ask, 100).has(key) ||
    callersNotSeen.some((caller) => caller.key === key) ||
    callers.some(({ caller, undetermined }) => caller.key === key && undetermined > 0)
  )
}

function checkBound({ judgement }: Ask, share: number, findings: Findings): void {
  const bound = judgement.wouldDeny === 0 && judgement.undetermined === 0 ? upperBound(judgement.requests) : null
  if (bound === null || Number.isNaN(share)) return
  findings.count('bounds of fleets')
  if (share <= bound) findings.count('bounds of fleets, held')
}

const TRIALS = 40

/** Requests that are denied independently of each other, with a known probability. */
export function checkIndependentBounds(random: SeededRandom, findings: Findings): void {
  for (let trial = 0; trial < TRIALS; trial++) {
    const requests = 1 + random.below(2_000)
    const truth = Math.min(0.99, (random.next() * 8) / requests)
    let denied = 0
    for (let request = 0; request < requests && denied === 0; request++) if (random.next() < truth) denied++
    findings.count('independent bounds')
    if (denied > 0 || truth <= (upperBound(requests) ?? 0)) findings.count('independent bounds, held')
  }
}
