import { callerOfFacts, type Caller } from './caller.ts'
import type { ReplayedSignature } from './replay-rule.ts'

/** When an identity was granted what it holds at a service. */
export interface HeldScopes {
  readonly clientId: string
  readonly grantedAt: ReadonlyMap<string, Date>
}

/** Requests that were denied for want of scopes which their caller was granted since, and comes with. */
export interface Remedied {
  readonly caller: Caller
  readonly scopes: readonly string[]
  readonly requests: number
  /** When the last of the scopes was granted. */
  readonly since: Date
  /** Its requests with them. */
  readonly allowedSince: number
}

export interface RemedyContext {
  readonly holders: readonly HeldScopes[]
  /** Seconds that tokens of identities live, by `client_id`. */
  readonly lifetimes: ReadonlyMap<string, number>
}

export interface SplitReplay {
  /** What still tells what would be decided. */
  readonly standing: readonly ReplayedSignature[]
  readonly remedied: readonly Remedied[]
}

/** The last use of a signature is known to the minute. */
const MINUTE_MS = 60_000

/**
 * Tells denials that a grant has ended from those that stand. They have ended when no token from before the grant can be alive, none
 * was denied since, and the caller was allowed with the scopes after the last denial. Who was merely granted them is still denied.
 */
export function splitRemedied(replayed: readonly ReplayedSignature[], context: RemedyContext): SplitReplay {
  if (replayed.every(({ denials }) => denials.length === 0)) return { standing: replayed, remedied: [] }
  const byCaller = Map.groupBy(replayed, ({ facts }) => callerOfFacts(facts).key)
  const remedied = new Map<ReplayedSignature, Remedied>()
  for (const group of byCaller.values())
    for (const signature of group) {
      const remedy = findRemedy(signature, group, context)
      if (remedy !== null) remedied.set(signature, remedy)
    }
  return { standing: replayed.filter((signature) => !remedied.has(signature)), remedied: sumRemedied(remedied) }
}

function findRemedy(
  { facts, denials }: ReplayedSignature,
  group: readonly ReplayedSignature[],
  { holders, lifetimes }: RemedyContext,
): Remedied | null {
  const scopes = [...new Set(denials.flatMap(({ missingScopes }) => missingScopes))]
  const isForScopes = denials.length > 0 && denials.every(({ reason }) => reason === 'scope-missing')
  const held = holders.find(({ clientId }) => clientId === facts.caller)
  const lifetime = lifetimes.get(facts.caller ?? '')
  if (!isForScopes || held === undefined || lifetime === undefined) return null
  const granted = scopes.map((scope) => held.grantedAt.get(scope)?.getTime() ?? Infinity)
  const sinceMs = Math.max(...granted)
  if (facts.lastAt.getTime() > sinceMs + lifetime * 1_000 + MINUTE_MS) return null
  const after = group.filter(
    (other) =>
      other.allowed > 0 &&
      other.facts.lastAt > facts.lastAt &&
      other.facts.lastAt.getTime() > sinceMs + lifetime * 1_000 &&
      scopes.every((scope) => other.facts.scopes.includes(scope)),
  )
  if (!Number.isFinite(sinceMs) || after.length === 0) return null
  const allowedSince = after.reduce((sum, { allowed }) => sum + allowed, 0)
  return { caller: callerOfFacts(facts), scopes, requests: facts.count, since: new Date(sinceMs), allowedSince }
}

/** One for each caller: of its signatures, the newest grant and what was allowed since. */
function sumRemedied(remedied: ReadonlyMap<ReplayedSignature, Remedied>): Remedied[] {
  return [...Map.groupBy(remedied.values(), ({ caller }) => caller.key).values()].flatMap((same) => {
    const newest = same.reduce((last, each) => (each.since > last.since ? each : last))
    const scopes = [...new Set(same.flatMap((each) => each.scopes))].sort()
    return { ...newest, scopes, requests: same.reduce((sum, { requests }) => sum + requests, 0) }
  })
}
