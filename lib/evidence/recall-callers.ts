import type { Rule } from '../policy/rule.ts'
import { callerOfFacts, type Caller } from './caller.ts'
import type { DatedFacts, EarlierFacts } from './dated-facts.ts'
import { replayRule } from './replay-rule.ts'

export interface RecallQuestion {
  readonly rule: Rule
  readonly recorded: readonly DatedFacts[]
  readonly earlier: readonly EarlierFacts[]
  readonly now: Date
}

/** Callers by what they sent before the window, and not in it. */
export interface RecalledCallers {
  /** May send it again, and would be denied, or nothing tells. */
  readonly returning: readonly Caller[]
  /** Nobody of them is in the window; what they sent would be allowed. */
  readonly allowed: readonly Caller[]
}

interface Context {
  readonly allowed: readonly DatedFacts[]
  readonly present: readonly DatedFacts[]
  readonly now: Date
}

const HOUR_MS = 3_600_000
/** What came for so long has shown its rhythm. */
const RHYTHM_MS = 168 * HOUR_MS
/** Absent for so many times its longest pause, it does not come any more. */
const PAUSES_MAX = 2
/** Tokens of before a change are used for so long after it. */
const OVERLAP_MS = HOUR_MS

/**
 * A window of a week does not hold what happens once a month: what is denied is looked for in everything that is remembered.
 * Facts are over where they kept a rhythm and have left it, and where their caller has since sent others in their place.
 */
export function recallCallers({ rule, recorded, earlier, now }: RecallQuestion): RecalledCallers {
  const isAllowed = (facts: DatedFacts): boolean =>
    replayRule([facts], rule).every(({ allowed }) => allowed === facts.count)
  const known = earlier.filter(({ evaluated }) => evaluated)
  const present = recorded.filter(({ evaluated }) => evaluated)
  const allowed = [...present, ...known].filter(isAllowed)
  const returning = known.filter(
    (facts) => !allowed.includes(facts) && !isOver(facts, now) && !isReplaced(facts, { allowed, present, now }),
  )
  const [named, seen] = [keysOf(returning), keysOf(present)]
  return {
    returning: toCallers(returning),
    allowed: toCallers(known.filter((facts) => !named.has(keyOf(facts)) && !seen.has(keyOf(facts)))),
  }
}

/** The longest time after which they are known to have come back; 0 for what came in a single hour. */
const pauseMs = ({ longestPauseHours, firstAt, recordedFrom }: EarlierFacts): number =>
  Math.max(longestPauseHours * HOUR_MS, firstAt.getTime() - recordedFrom.getTime())

function isOver(facts: EarlierFacts, now: Date): boolean {
  const hasRhythm = facts.lastAt.getTime() - facts.firstAt.getTime() >= RHYTHM_MS
  return hasRhythm && now.getTime() - facts.lastAt.getTime() > PAUSES_MAX * pauseMs(facts)
}

/**
 * They came more than once and stay away longer than ever, and the caller sends something else since, which is allowed. Where
 * something was allowed before as well, these facts were of another job, which may come again.
 */
function isReplaced(facts: EarlierFacts, { allowed, present, now }: Context): boolean {
  const pause = pauseMs(facts)
  if (facts.caller === null || pause <= 0 || now.getTime() - facts.lastAt.getTime() <= pause) return false
  const own = allowed.filter((each) => keyOf(each) === keyOf(facts))
  const sinceMs = facts.lastAt.getTime() - OVERLAP_MS
  return (
    own.some((each) => present.includes(each)) && own.every(({ recordedFrom }) => recordedFrom.getTime() >= sinceMs)
  )
}

const keyOf = (facts: DatedFacts): string => callerOfFacts(facts).key
const keysOf = (facts: readonly DatedFacts[]): ReadonlySet<string> => new Set(facts.map(keyOf))

const toCallers = (facts: readonly DatedFacts[]): Caller[] => [
  ...new Map(facts.map((each) => [keyOf(each), callerOfFacts(each)])).values(),
]
