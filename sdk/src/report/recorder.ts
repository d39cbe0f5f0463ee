import type { Decision, RecordedContext } from '../../../lib/policy/decision.ts'
import type { Caller } from '../token/caller.ts'
import type { Route } from '../guard/route-table.ts'
import type { DecisionQueue } from './decision-queue.ts'
import { hasSameScopes } from '../token/caller-facts.ts'
import { Fold, type DecisionSample, type DecisionSignature } from './fold.ts'

const ISSUER_LENGTH_MAX = 300

const issuerOf = ({ issuer }: Caller['facts']): string | null => issuer?.slice(0, ISSUER_LENGTH_MAX) ?? null

function toSignature(
  route: Route,
  caller: Caller,
  decision: Decision,
  revision: number,
  evaluated: boolean,
  context: RecordedContext | null,
): DecisionSignature {
  const { facts } = caller
  return {
    method: route.method,
    route: route.template,
    mode: decision.mode,
    outcome: decision.outcome,
    reason: decision.reason,
    tokenProblem: facts.tokenProblem,
    callerKind: facts.callerKind,
    caller: facts.caller,
    callerHint: caller.callerHint,
    issuer: issuerOf(facts),
    scopes: facts.scopes,
    missingScopes: decision.missingScopes.slice(0, 50),
    sender: facts.sender,
    context,
    revision,
    evaluated,
  }
}

const contextKeyOf = ({
  country,
  autonomousSystem,
  device,
  signals,
  observed,
  requirementsMet,
  requirementsUnmet,
}: RecordedContext) =>
  `\n${[country, autonomousSystem, device, signals, observed].join(' ')}${JSON.stringify([requirementsMet, requirementsUnmet])}`

/**
 * Tells signatures of one configuration apart. Short, as it is made for every new token; what follows from these (the mode
 * and revision from the configuration, missing scopes from route and scopes) is left out.
 */
function keyOf(
  route: Route,
  { facts, callerHint }: Caller,
  { outcome, reason }: Decision,
  evaluated: boolean,
  context: RecordedContext | null,
): string {
  const who =
    facts.caller === null
      ? `${String(facts.tokenProblem)} ${callerHint ?? ''}`
      : `${String(facts.tokenProblem)} ${facts.callerKind}\n${facts.caller}\n${String(facts.issuer)}`
  return `${String(route.number)} ${outcome} ${String(reason)} ${evaluated ? facts.sender : 'unevaluated'} ${facts.scopes.join(' ')}\n${who}${context === null ? '' : contextKeyOf(context)}`
}

/** Whether a decision folds where the first of its caller did, which is told without making a key. */
const isFoldOf = (
  { signature }: Fold,
  { facts, callerHint }: Caller,
  { outcome, reason }: Decision,
  evaluated: boolean,
): boolean =>
  hasSameScopes(signature.scopes, facts.scopes) &&
  signature.issuer === issuerOf(facts) &&
  signature.callerKind === facts.callerKind &&
  signature.tokenProblem === facts.tokenProblem &&
  signature.sender === facts.sender &&
  signature.callerHint === callerHint &&
  signature.outcome === outcome &&
  signature.reason === reason &&
  signature.evaluated === evaluated &&
  signature.context === null

/** Folds decisions by signature in memory. Counting one that was seen before allocates nothing. */
export class Recorder {
  /** The first of each caller that nothing but its token was looked at, by route: most have no other, and keys take room. */
  readonly #first = new Map<Route, Map<string, Fold>>()
  readonly #others = new Map<string, Fold>()
  readonly #foldsMax: number
  readonly #queue: DecisionQueue
  #size = 0
  #samplesPerSignature = 0

  constructor(queue: DecisionQueue, foldsMax: number) {
    this.#queue = queue
    this.#foldsMax = foldsMax
  }

  /** Begins anew with another configuration: its revision is part of every signature. */
  begin(samplesPerSignature: number): void {
    this.#samplesPerSignature = samplesPerSignature
    this.#forget()
  }

  foldOf(
    route: Route,
    caller: Caller,
    decision: Decision,
    revision: number,
    evaluated: boolean,
    context: RecordedContext | null = null,
  ): Fold {
    const name = context === null ? caller.facts.caller : null
    const first = name === null ? undefined : this.#first.get(route)?.get(name)
    if (first !== undefined && isFoldOf(first, caller, decision, evaluated)) return first
    const key = name === null || first !== undefined ? keyOf(route, caller, decision, evaluated, context) : null
    const known = key === null ? undefined : this.#others.get(key)
    if (known !== undefined) return known
    const fold = new Fold(
      toSignature(route, caller, decision, revision, evaluated, context),
      evaluated && caller.issuedAtSeconds !== null,
    )
    this.#makeRoom()
    if (key !== null) this.#others.set(key, fold)
    else if (name !== null) this.#firstOn(route).set(name, fold)
    return fold
  }

  #firstOn(route: Route): Map<string, Fold> {
    const known = this.#first.get(route)
    if (known !== undefined) return known
    const first = new Map<string, Fold>()
    this.#first.set(route, first)
    return first
  }

  /** Forgetting a fold loses no count: while it counts, the queue holds it. */
  #makeRoom(): void {
    if (this.#size >= this.#foldsMax) this.#forget()
    this.#size++
  }

  #forget(): void {
    this.#first.clear()
    this.#others.clear()
    this.#size = 0
  }

  count(fold: Fold, nowMs: number, tokenAgeSeconds: number | null): void {
    if (fold.count === 0 && !this.#queue.open(fold, nowMs)) return
    fold.add(nowMs, tokenAgeSeconds)
  }

  /** Keeps a request as evidence, up to the bound of its signature in the present window. */
  sample(fold: Fold, makeSample: () => DecisionSample): void {
    if (fold.count > 0 && fold.sampleCount < this.#samplesPerSignature) this.#queue.addSample(fold, makeSample)
  }
}
