import { isEnforcedFor } from '../policy/evaluate.ts'
import { callerOfFacts, type Caller } from './caller.ts'
import { compareFleets, type ComparedSignature } from './compare-fleets.ts'
import { applyDraft, type Draft } from './draft.ts'
import { presentFleet, type Fleet, type FleetGate } from './fleet.ts'
import type { RecordedFacts } from './recorded-facts.ts'
import type { Denial } from './replay-rule.ts'

export interface ReplayedCounts {
  readonly requests: number
  readonly lost: number
  readonly gained: number
  readonly unchanged: number
  readonly undetermined: number
}

/** What a draft would have changed for one caller at one endpoint. */
export interface ReplayedAccess extends ReplayedCounts {
  readonly caller: Caller
  readonly endpointId: string
  /** Most frequent first. */
  readonly reasons: readonly Denial[]
  /** The last recorded requests that would have been decided otherwise. */
  readonly example: RecordedFacts
  /** Whether a denial is carried out there; null where that differs between the people behind the caller. */
  readonly isEnforced: boolean | null
}

export interface DraftReplay extends ReplayedCounts {
  /** Of `lost`, those that would be refused as soon as the draft holds. */
  readonly lostEnforced: number
  /** Counted while the mode was off: nothing is known of them. */
  readonly unevaluated: number
  readonly signatures: number
  /** Where something would change, those that lose most first. */
  readonly accesses: readonly ReplayedAccess[]
}

/**
 * What a draft would have changed for the recorded requests, by the evaluator that decides them. Modes change what passes; every
 * other draft changes what rules allow, whatever the mode is.
 */
export function replayDraft(
  recorded: readonly RecordedFacts[],
  endpoints: Fleet['endpoints'],
  draft: Draft,
): DraftReplay {
  const after = applyDraft(endpoints, draft)
  const compared = compareFleets(recorded, presentFleet(endpoints), after, draft.kind === 'modes' ? 'mode' : 'rule')
  const accesses = summarise(compared, after)
  return {
    ...sumCounts(compared),
    lostEnforced: accesses.reduce((sum, { lost, isEnforced }) => sum + (isEnforced === true ? lost : 0), 0),
    unevaluated: recorded.reduce((sum, { evaluated, count }) => sum + (evaluated ? 0 : count), 0),
    signatures: recorded.length,
    accesses,
  }
}

function sumCounts(compared: readonly ComparedSignature[]): ReplayedCounts {
  const sums = { requests: 0, lost: 0, gained: 0, unchanged: 0, undetermined: 0 }
  for (const { facts, lost, gained, unchanged, undetermined } of compared) {
    sums.requests += facts.count
    sums.lost += lost
    sums.gained += gained
    sums.unchanged += unchanged
    sums.undetermined += undetermined
  }
  return sums
}

const isChanged = ({ lost, gained, undetermined }: Pick<ReplayedCounts, 'lost' | 'gained' | 'undetermined'>): boolean =>
  lost + gained + undetermined > 0

function summarise(compared: readonly ComparedSignature[], { endpoints }: Fleet): ReplayedAccess[] {
  const callerOf = createCallers()
  const byEndpoint = new Map<string | null, Map<Caller, Access>>()
  const accesses: Access[] = []
  for (const signature of compared) {
    const { endpointId } = signature.facts
    const ofEndpoint = byEndpoint.get(endpointId) ?? new Map<Caller, Access>()
    if (ofEndpoint.size === 0) byEndpoint.set(endpointId, ofEndpoint)
    const caller = callerOf(signature.facts)
    const known = ofEndpoint.get(caller)
    if (known === undefined) ofEndpoint.set(caller, addAccess(accesses, caller, signature))
    else addSignature(known, signature)
  }
  return accesses
    .filter(isChanged)
    .map((access) => withStanding(access, endpoints.get(access.endpointId)?.gate))
    .sort((a, b) => b.lost - a.lost || b.gained - a.gained || b.undetermined - a.undetermined)
}

type Access = { -readonly [Key in keyof ReplayedAccess]: ReplayedAccess[Key] }

function addAccess(accesses: Access[], caller: Caller, signature: ComparedSignature): Access {
  const { facts, lost, gained, unchanged, undetermined, denials } = signature
  const access: Access = {
    requests: facts.count,
    lost,
    gained,
    unchanged,
    undetermined,
    caller,
    endpointId: facts.endpointId ?? '',
    reasons: denials,
    example: facts,
    isEnforced: null,
  }
  accesses.push(access)
  return access
}

function addSignature(access: Access, signature: ComparedSignature): void {
  const { facts, lost, gained, unchanged, undetermined, denials } = signature
  if (isChanged(signature) && (!isChanged(access) || facts.lastAt > access.example.lastAt)) access.example = facts
  access.requests += facts.count
  access.lost += lost
  access.gained += gained
  access.unchanged += unchanged
  access.undetermined += undetermined
  access.reasons = [...access.reasons, ...denials]
}

function withStanding(access: Access, gate: FleetGate | undefined): ReplayedAccess {
  access.reasons = sumDenials(access.reasons)
  access.isEnforced = isEnforcedHere(access.example, gate)
  return access
}

function sumDenials(all: readonly Denial[]): readonly Denial[] {
  if (all.length <= 1) return all
  const same = Map.groupBy(all, ({ reason, missingScopes }) => `${reason} ${missingScopes.join(' ')}`)
  return [...same.values()]
    .flatMap((denials) => {
      const [first] = denials
      return first ? { ...first, count: denials.reduce((sum, { count }) => sum + count, 0) } : []
    })
    .toSorted((a, b) => b.count - a.count)
}

/** The same object for all that one caller did. */
function createCallers(): (facts: RecordedFacts) => Caller {
  const byKind = new Map<string, Map<string | null, Caller>>()
  return ({ callerKind, caller, callerHint }) => {
    const kind = caller === null ? 'anonymous' : callerKind
    const names = byKind.get(kind) ?? new Map<string | null, Caller>()
    if (names.size === 0) byKind.set(kind, names)
    const name = caller ?? callerHint
    const known = names.get(name) ?? callerOfFacts({ callerKind, caller, callerHint })
    names.set(name, known)
    return known
  }
}

function isEnforcedHere({ callerKind, caller }: RecordedFacts, gate: FleetGate | undefined): boolean | null {
  if (gate?.mode !== 'enforce') return false
  if (callerKind === 'user' && gate.percent < 100) return null
  return isEnforcedFor(caller, gate.mode, gate.percent)
}
