import { callerBucket } from '../policy/caller-bucket.ts'
import { toCaller, type Caller } from './caller.ts'
import type { ReplayedSignature } from './replay-rule.ts'

/** What the replay says of one caller. */
export interface CallerSummary {
  readonly caller: Caller
  readonly requests: number
  readonly allowed: number
  readonly wouldDeny: number
  readonly undetermined: number
  /** Most frequent first. */
  readonly reasons: readonly {
    readonly reason: string
    readonly count: number
    readonly missingScopes: readonly string[]
  }[]
  readonly firstAt: Date
  readonly lastAt: Date
  /** Enforced from this percent of callers on; null where the signature does not tell (people), or at 100 only (anonymous). */
  readonly bucketPercent: number | null
}

/** One line a caller, those that lose most first. */
export function summariseCallers(replayed: readonly ReplayedSignature[]): CallerSummary[] {
  const groups = Map.groupBy(replayed, ({ facts }) => toCaller(facts.callerKind, facts.caller, facts.callerHint).key)
  return [...groups.values()]
    .map(summarise)
    .sort((a, b) => b.wouldDeny - a.wouldDeny || b.requests - a.requests || a.caller.key.localeCompare(b.caller.key))
}

function summarise(group: readonly ReplayedSignature[]): CallerSummary {
  const { facts } = group[0] as ReplayedSignature // groupBy makes no empty group
  const caller = toCaller(facts.callerKind, facts.caller, facts.callerHint)
  const sum = (of: (item: ReplayedSignature) => number): number => group.reduce((total, item) => total + of(item), 0)
  return {
    caller,
    requests: sum((item) => item.facts.count),
    allowed: sum((item) => item.allowed),
    wouldDeny: sum((item) => item.denials.reduce((total, { count }) => total + count, 0)),
    undetermined: sum((item) => item.undetermined),
    reasons: summariseReasons(group),
    firstAt: new Date(Math.min(...group.map((item) => item.facts.firstAt.getTime()))),
    lastAt: new Date(Math.max(...group.map((item) => item.facts.lastAt.getTime()))),
    bucketPercent: caller.kind === 'service' || caller.kind === 'integration' ? callerBucket(caller.name) : null,
  }
}

function summariseReasons(group: readonly ReplayedSignature[]): CallerSummary['reasons'] {
  const denials = Map.groupBy(
    group.flatMap((item) => item.denials),
    ({ reason, missingScopes }) => `${reason} ${missingScopes.join(' ')}`,
  )
  return [...denials.values()]
    .map((same) => ({
      reason: same[0]?.reason ?? '',
      missingScopes: same[0]?.missingScopes ?? [],
      count: same.reduce((total, { count }) => total + count, 0),
    }))
    .sort((a, b) => b.count - a.count)
}
