import type { Condition } from '../../../lib/condition/compile-condition.ts'
import { requirementKey } from '../../../lib/policy/requirement-key.ts'
import type { ConditionRequirement, ParsedRule } from '../../../lib/policy/rule.ts'
import type { Snapshot } from '../../../lib/policy/snapshot.ts'
import type { Observable } from '../../../lib/policy/vocabulary.ts'
import { AnswerSets } from './answer-sets.ts'
import type { SignalWatch } from './context-settings.ts'
import {
  ALL_SIGNALS,
  CREDENTIAL_CONCURRENT,
  DEVICE_FIRST_SEEN,
  listSignals,
  NO_SIGNALS,
  toBits,
  TRAVEL_IMPOSSIBLE,
  type SignalBits,
} from './signal-set.ts'

/** What has to be looked at to decide and record the requests of one endpoint. */
export interface ContextNeeds {
  /** Where the address lies. */
  readonly country: boolean
  readonly system: boolean
  /** Whether the caller uses a device that was accepted. */
  readonly standing: boolean
  /** Something needs to tell devices apart. */
  readonly device: boolean
  readonly signals: SignalBits
  /** Signals that the rule names and nobody looks for: nothing tells that they are not raised, so they count as raised. */
  readonly assumedSignals: SignalBits
  /** Null where requests are not counted. */
  readonly rate: { readonly requestsMax: number; readonly windowSeconds: number } | null
  /** Conditions of the rule; one that cannot be read is not among them and never holds. */
  readonly conditions: readonly Condition[]
  /** Requirements whose answers are recorded, as nothing else of the record tells them. */
  readonly answers: AnswerSets
  /** What is looked for, sorted. */
  readonly observed: readonly Observable[]
}

/** What the rules of a whole configuration ask for. */
export interface ContextPlan {
  readonly hasPlaces: boolean
  readonly needsSystem: boolean
  readonly signals: SignalBits
  /** A rule asks where an address lies, and nothing is there that could tell. */
  readonly lacksPlaces: boolean
}

type Requirements = ParsedRule['requirements']

const namedSignals = (requirements: Requirements): SignalBits =>
  requirements.reduce(
    (bits, requirement) => (requirement.kind === 'signals' ? bits | toBits(requirement.noneOf) : bits),
    NO_SIGNALS,
  )

function watchedSignals(watch: SignalWatch, named: SignalBits): SignalBits {
  if (watch === 'off') return NO_SIGNALS
  return watch === 'all' ? ALL_SIGNALS : named
}

/** Signals are looked for at every endpoint as soon as one names them: a token travels between endpoints too. */
export function toContextPlan({ endpoints }: Snapshot, hasPlaces: boolean, watch: SignalWatch): ContextPlan {
  const requirements = endpoints.flatMap(({ rule }) => [...rule.requirements])
  const named = namedSignals(requirements)
  const needsSystem = requirements.some(({ kind }) => kind === 'autonomous-system')
  const needsPlace =
    needsSystem || (named & TRAVEL_IMPOSSIBLE) !== 0 || requirements.some(({ kind }) => kind === 'country')
  return { hasPlaces, needsSystem, signals: watchedSignals(watch, named), lacksPlaces: needsPlace && !hasPlaces }
}

const isCondition = (requirement: Requirements[number]): requirement is ConditionRequirement =>
  requirement.kind === 'condition'

function listObserved(places: boolean, system: boolean, standing: boolean, signals: SignalBits): Observable[] {
  return [
    ...(places ? ['country' as const] : []),
    ...(system ? ['autonomous-system' as const] : []),
    ...(standing ? ['device' as const] : []),
    ...listSignals(signals),
  ].sort()
}

/** Null where nothing has to be looked at. */
export function toContextNeeds(
  { requirements }: ParsedRule,
  plan: ContextPlan,
  compile: (expression: string) => Condition | null,
): ContextNeeds | null {
  const answers = new AnswerSets(requirements.filter((requirement) => requirementKey(requirement) !== null))
  const standing = requirements.some(({ kind }) => kind === 'known-device')
  const rates = requirements.filter((requirement) => requirement.kind === 'rate')
  // Where a rule has several, the longest window counts the most and denies the first.
  const [rate = null] = rates.toSorted((left, right) => right.windowSeconds - left.windowSeconds)
  const assumedSignals = namedSignals(requirements) & ~plan.signals
  const isRecorded = plan.hasPlaces || standing || (plan.signals | assumedSignals) !== NO_SIGNALS || !answers.isEmpty
  if (!isRecorded) return null
  const system = plan.hasPlaces && plan.needsSystem
  return {
    country: plan.hasPlaces,
    system,
    standing,
    device: standing || (plan.signals & (DEVICE_FIRST_SEEN | CREDENTIAL_CONCURRENT)) !== 0,
    signals: plan.signals,
    assumedSignals,
    rate,
    conditions: requirements.filter(isCondition).flatMap(({ expression }) => compile(expression) ?? []),
    answers,
    observed: listObserved(plan.hasPlaces, system, standing, plan.signals),
  }
}
