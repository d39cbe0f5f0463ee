import { NO_CONTEXT, type Context, type RecordedContext } from '../../../lib/policy/decision.ts'
import type { Network } from '../../../lib/policy/network.ts'
import type { ParsedRule } from '../../../lib/policy/rule.ts'
import type { Snapshot } from '../../../lib/policy/snapshot.ts'
import type { DeviceStanding } from '../../../lib/policy/vocabulary.ts'
import type { ConditionCompiler, ConditionEngine } from '../condition/condition-compiler.ts'
import type { EventHub } from '../event-hub.ts'
import type { RequestReader } from '../guard/request-reader.ts'
import type { Route } from '../guard/route-table.ts'
import type { Caller } from '../token/caller.ts'
import { clientAddress } from '../token/client-address.ts'
import { toContextNeeds, toContextPlan, type ContextNeeds, type ContextPlan } from './context-needs.ts'
import type { SignalWatch } from './context-settings.ts'
import type { Device } from './device.ts'
import type { Places } from './places.ts'
import type { Answers } from './answer-sets.ts'
import { Observations } from './observations.ts'
import { RequestCounters } from './request-counters.ts'
import type { RequestCounter } from './request-counter.ts'
import type { SeenMemory } from './seen-memory.ts'
import { listSignals } from './signal-set.ts'
import { SignalWatcher } from './signal-watcher.ts'
import { Surroundings } from './surroundings.ts'

export interface ContextParts {
  /** Null where nothing tells where an address lies. */
  readonly places: Places | null
  readonly memory: SeenMemory
  readonly signals: SignalWatch
  readonly trustedProxies: readonly Network[]
  readonly events: EventHub
  readonly conditions: ConditionCompiler
}

const NO_PLAN: ContextPlan = { hasPlaces: false, needsSystem: false, signals: 0, lacksPlaces: false }
const NO_DEVICES: ReadonlySet<string> = new Set()

/** Looks at what surrounds a request, as far as the rules ask for it. */
export class ContextReader {
  readonly #parts: ContextParts
  readonly #counters = new RequestCounters()
  readonly #observations = new Observations()
  readonly #signals: SignalWatcher
  #plan = NO_PLAN
  #devices: ReadonlyMap<string, ReadonlySet<string>> = new Map()

  constructor(parts: ContextParts) {
    this.#parts = parts
    this.#signals = new SignalWatcher(parts.memory)
  }

  /** From the next request on looks at what these rules ask for. Callers that were established before must be forgotten. */
  apply(snapshot: Snapshot): void {
    const { places, signals, events } = this.#parts
    this.#plan = toContextPlan(snapshot, places !== null, signals)
    this.#devices = new Map(snapshot.knownDevices.map(({ caller, devices }) => [caller, new Set(devices)]))
    if (this.#plan.lacksPlaces)
      events.failure('geo-unavailable', 'a rule asks where an address lies, and there is no database that could tell')
  }

  /** What requests of an endpoint with this rule need; null for nothing. */
  readonly needsOf = (rule: ParsedRule): ContextNeeds | null =>
    toContextNeeds(rule, this.#plan, (expression) => this.#parts.conditions.compile(expression))

  /** Fills in the context of the caller's facts; answers what of it is recorded, by the same object for the same contents. */
  read<Request>(
    caller: Caller,
    route: Route,
    needs: ContextNeeds,
    request: Request,
    reader: RequestReader<Request>,
  ): RecordedContext {
    const around = (caller.surroundings ??= new Surroundings())
    const nowMs = performance.now()
    this.#locate(around, needs, request, reader)
    if (needs.device) this.#recognize(around, caller, request, reader)
    const seen = this.#look(around, caller, route, needs, nowMs)
    caller.facts.context =
      needs.rate === null && needs.conditions.length === 0
        ? seen
        : {
            ...seen,
            recentRequests: this.#count(around, caller, route, needs, nowMs),
            conditionsMet: this.#listMet(around, caller, needs, request, reader),
          }
    return this.#record(around, seen, needs, needs.answers.of(caller.facts))
  }

  /** What tells the device of the caller's present request apart; null when nothing does, or nobody asked. */
  deviceOf({ surroundings }: Caller, needs: ContextNeeds | null): string | null {
    return needs?.device === true ? (surroundings?.device?.id ?? null) : null
  }

  /** Whole seconds after which the caller is within its rate again, if it is silent until then. */
  retryAfterSeconds({ surroundings }: Caller, needs: ContextNeeds | null): number {
    const waitMs = surroundings?.counter?.waitMs(performance.now(), needs?.rate?.requestsMax ?? 1) ?? 0
    return Math.max(1, Math.ceil(waitMs / 1000))
  }

  #locate<Request>(around: Surroundings, needs: ContextNeeds, request: Request, reader: RequestReader<Request>): void {
    const { trustedProxies, places } = this.#parts
    const remoteAddress = reader.socket(request)?.remoteAddress
    const forwardedFor = trustedProxies.length === 0 ? undefined : reader.header(request, 'x-forwarded-for')
    if (remoteAddress !== around.remoteAddress || forwardedFor !== around.forwardedFor) {
      around.remoteAddress = remoteAddress
      around.forwardedFor = forwardedFor
      around.address = clientAddress(remoteAddress, forwardedFor, trustedProxies)
    }
    if (!needs.country || places === null) return
    if (around.address === around.placedAddress && around.placeGeneration === places.generation) return
    around.place = places.placeOf(around.address)
    around.placedAddress = around.address
    around.placeGeneration = places.generation
  }

  #recognize<Request>(around: Surroundings, caller: Caller, request: Request, reader: RequestReader<Request>): void {
    const device = around.devices.read(caller, request, reader)
    if (device === around.device) return
    around.device = device
    around.standing = this.#standingOf(device, caller.facts.caller)
  }

  #standingOf(device: Device | null, caller: string | null): DeviceStanding {
    if (device === null) return 'none'
    const accepted = caller === null ? NO_DEVICES : (this.#devices.get(caller) ?? NO_DEVICES)
    return accepted.has(device.id) ? 'known' : 'new'
  }

  #look(around: Surroundings, caller: Caller, route: Route, needs: ContextNeeds, nowMs: number): Context {
    const raised = needs.signals === 0 ? 0 : this.#signals.raisedBy(around, caller, route, needs.signals, nowMs)
    const bits = raised | needs.assumedSignals
    const standing = needs.standing ? around.standing : 'none'
    const known = around.findContext(needs, standing, bits)
    if (known !== null) return known
    return around.keepContext(needs, standing, bits, {
      ...NO_CONTEXT,
      country: needs.country ? around.place.country : null,
      autonomousSystem: needs.system ? around.place.autonomousSystem : null,
      device: standing,
      signals: listSignals(bits),
    })
  }

  /** `seen` is what `around` keeps. */
  #record(around: Surroundings, seen: Context, { observed }: ContextNeeds, answers: Answers): RecordedContext {
    const known = around.findRecorded(answers)
    if (known !== null) return known
    const { country, autonomousSystem, device, signals } = seen
    const recorded = this.#observations.intern({ country, autonomousSystem, device, signals, observed, ...answers })
    return around.keepRecorded(answers, recorded)
  }

  /** Conditions that hold. None is asked about a token that is not valid. */
  #listMet<Request>(
    around: Surroundings,
    caller: Caller,
    { conditions }: ContextNeeds,
    request: Request,
    reader: RequestReader<Request>,
  ): readonly string[] {
    const { engine } = this.#parts.conditions
    if (engine === null || conditions.length === 0 || caller.facts.tokenProblem !== null) return []
    const token = this.#claimsOf(around, caller, engine)
    if (token === null) return []
    const input = { params: engine.toParamValues(reader.params(request)), token }
    return conditions.filter((condition) => condition.holds(input)).map(({ expression }) => expression)
  }

  #claimsOf(around: Surroundings, caller: Caller, engine: ConditionEngine): ReadonlyMap<string, unknown> | null {
    if (around.claims !== undefined) return around.claims
    const payload = caller.readPayload()
    around.claims = payload === null ? null : engine.toClaimValues(payload)
    return around.claims
  }

  /** A token that is not valid must not use up what its caller may do. */
  #counterOf(
    around: Surroundings,
    caller: Caller,
    route: Route,
    { rate }: ContextNeeds,
    nowMs: number,
  ): RequestCounter {
    const { callerKey, tokenProblem } = caller.facts
    const windowSeconds = rate?.windowSeconds ?? 1
    const isCaller = callerKey !== null && tokenProblem === null
    if (isCaller && route === around.countedRoute && around.counter?.isForgotten === false) return around.counter
    around.countedRoute = route
    around.counter = isCaller
      ? this.#counters.ofCaller(callerKey, route, windowSeconds, nowMs)
      : this.#counters.ofAddress(around.address, route, windowSeconds, nowMs)
    return around.counter
  }

  #count(around: Surroundings, caller: Caller, route: Route, needs: ContextNeeds, nowMs: number): number | null {
    return needs.rate === null ? null : this.#counterOf(around, caller, route, needs, nowMs).count(nowMs)
  }
}
