import { callerBucket } from '../policy/caller-bucket.ts'
import { isIdentityKind } from '../policy/vocabulary.ts'
import { callerOfFacts, type Caller } from './caller.ts'
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
  /** The last request that would be denied; null where none would. */
  readonly lastDeniedAt: Date | null
  /** Enforced from this percent of callers on; null where the signature does not tell (people), or at 100 only (anonymous). */
  readonly bucketPercent: number | null
}

/** One line a caller, those that lose most first. */
export function summariseCallers(replayed: readonly ReplayedSignature[]): CallerSummary[] {
  const groups = new Map<string, { readonly caller: Caller; readonly signatures: ReplayedSignature[] }>()
  for (const signature of replayed) {
    const caller = callerOfFacts(signature.facts)
    const group = groups.get(caller.key)
    if (group === undefined) groups.set(caller.key, { caller, signatures: [signature] })
    else group.signatures.push(signature)
  }
  return [...groups.values()]
    .map(({ caller, signatures }) => summarise(caller, signatures))
    .sort((a, b) => b.wouldDeny - a.wouldDeny || b.requests - a.requests || a.caller.key.localeCompare(b.caller.key))
}

function summarise(caller: Caller, group: readonly ReplayedSignature[]): CallerSummary {
  const sums = { requests: 0, allowed: 0, wouldDeny: 0, undetermined: 0 }
  let [firstMs, lastMs, deniedMs] = [Infinity, -Infinity, -Infinity]
  for (const { facts, allowed, denials, undetermined } of group) {
    sums.requests += facts.count
    sums.allowed += allowed
    sums.undetermined += undetermined
    for (const { count } of denials) sums.wouldDeny += count
    firstMs = Math.min(firstMs, facts.firstAt.getTime())
    lastMs = Math.max(lastMs, facts.lastAt.getTime())
    if (denials.length > 0) deniedMs = Math.max(deniedMs, facts.lastAt.getTime())
  }
  return {
    caller,
    ...sums,
    reasons: summariseReasons(group),
    firstAt: new Date(firstMs),
    lastAt: new Date(lastMs),
    lastDeniedAt: deniedMs === -Infinity ? null : new Date(deniedMs),
    bucketPercent: isIdentityKind(caller.kind) ? callerBucket(caller.name) : null,
  }
}

function summariseReasons(group: readonly ReplayedSignature[]): CallerSummary['reasons'] {
  const [only, ...others] = group
  if (only !== undefined && others.length === 0 && only.denials.length <= 1) return only.denials
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
