import { DENIAL_RATE_MAX, MEMORY_DAYS } from '#lib/evidence/readiness.ts'
import { upperBound } from '#lib/evidence/upper-bound.ts'
import type { SeededRandom } from '../../sdk/test/seeded-random.ts'
import { enforceDraft, namedAt, type Enforced } from './check-forecast.ts'
import type { Findings } from './findings.ts'
import { DAY_MS, WEEK_MS } from './rhythms.ts'
import { isEvaluated, within, type Ask, type Simulation } from './simulate.ts'

/** Before the week that is enforced, somebody saw behaviour like it. */
interface Seen {
  readonly callers: ReadonlySet<string>
  readonly behaviours: ReadonlySet<string>
}

/** The draft in force over the week that follows, beside what was said before. */
export function checkFollowingWeek({ fleet }: Simulation, ask: Ask, findings: Findings): void {
  const following = within(ask.requests, ask.atMs, ask.atMs + WEEK_MS)
  const seen = seenBefore(ask)
  const broken = [...enforceDraft(following, ask, 100)].filter(([, { denied }]) => denied > 0)
  for (const [key, enforced] of broken) checkBroken(fleet.seed, ask, key, enforced, seen, findings)
  countReadiness(ask, broken.length === 0, findings)
  const denied = broken.reduce((sum, [, enforced]) => sum + enforced.denied, 0)
  if (following.length > 0) checkBound(ask, denied / following.length, findings)
}

function seenBefore({ requests, atMs }: Ask): Seen {
  const past = within(requests, atMs - MEMORY_DAYS * DAY_MS, atMs).filter(isEvaluated)
  return {
    callers: new Set(past.map(({ callerKey }) => callerKey)),
    behaviours: new Set(past.map(({ behaviour }) => behaviour)),
  }
}

/** A caller that was denied: was it named, and was the endpoint not called ready? Nobody can name what was never seen. */
function checkBroken(seed: number, ask: Ask, key: string, enforced: Enforced, seen: Seen, findings: Findings): void {
  const isReady = ask.judgement.readiness === 'ready'
  const isSeen = [...enforced.behaviours].some((behaviour) => seen.behaviours.has(behaviour))
  findings.count(isSeen ? 'denied as seen before' : 'denied as never seen')
  if (!isSeen) {
    if (isReady) findings.count(seen.callers.has(key) ? 'ready, then new behaviour' : 'ready, then a new caller')
    return
  }
  const isAge = [...enforced.reasons.keys()].every((reason) => reason === 'token-too-old')
  const { requests, denied, reasons } = enforced
  const { atMs, windowHours, endpoint } = ask
  const facts = { endpoint: endpoint.id, atMs, windowHours, key, requests, denied, reasons: [...reasons] }
  if (isAge) findings.count('denied for age as seen before')
  if (isReady && !isAge) findings.violate('ready', seed, facts)
  if (isReady && isAge && denied > DENIAL_RATE_MAX * requests) findings.violate('ready, ages', seed, facts)
  if (!isNamed(ask, key)) findings.violate(isAge ? 'named, ages' : 'named', seed, facts)
}

/** Before its first denial the console named this caller: as denied, as open, or as one of whom the window tells nothing. */
function isNamed(ask: Ask, key: string): boolean {
  const { callers, callersNotSeen, callersDoubtful } = ask.judgement
  return (
    namedAt(ask, 100).has(key) ||
    [...callersNotSeen, ...callersDoubtful].some((caller) => caller.key === key) ||
    callers.some(({ caller, undetermined }) => caller.key === key && undetermined > 0)
  )
}

function countReadiness({ judgement, windowHours }: Ask, isTrue: boolean, findings: Findings): void {
  const isReady = judgement.readiness === 'ready'
  findings.count(`asked, ${windowHours} h`)
  if (isReady) findings.count('ready')
  if (!isTrue) return
  findings.count(`true, ${windowHours} h`)
  if (isReady) findings.count(`true and ready, ${windowHours} h`)
  const causes = judgement.causes.filter(({ blocking }) => blocking)
  for (const kind of new Set(causes.map((cause) => cause.kind))) findings.count(`held back, ${windowHours} h: ${kind}`)
}

function checkBound({ judgement }: Ask, share: number, findings: Findings): void {
  const bound = judgement.wouldDeny === 0 && judgement.undetermined === 0 ? upperBound(judgement.requests) : null
  if (bound === null) return
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
