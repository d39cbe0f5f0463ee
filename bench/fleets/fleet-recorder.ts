import { decide, isEnforcedFor } from '#lib/policy/evaluate.ts'
import { NO_CONTEXT, type Decision, type RecordedContext } from '#lib/policy/decision.ts'
import type { Rule } from '#lib/policy/rule.ts'
import { SNAPSHOT_FORMAT, type Snapshot } from '#lib/policy/snapshot.ts'
import type { Mode } from '#lib/policy/vocabulary.ts'
import { toContextNeeds, toContextPlan } from '../../sdk/src/context/context-needs.ts'
import { RouteTable, type Binding, type Route } from '../../sdk/src/guard/route-table.ts'
import {
  DecisionQueue,
  nothingDropped,
  type DecisionWindow,
  type Dropped,
} from '../../sdk/src/report/decision-queue.ts'
import { Recorder } from '../../sdk/src/report/recorder.ts'
import { Caller } from '../../sdk/src/token/caller.ts'
import type { Fleet, FleetEndpoint, FleetInstance, FleetService } from './make-fleet.ts'
import type { Request } from './make-traffic.ts'

/** Takes the windows that instances close. */
export type TakeWindow = (service: FleetService, instance: number, window: DecisionWindow) => void

const FOLDS_MAX = 10_000
const ITEMS_MAX = 1_000
const SAMPLES_MAX = 0
const ANYBODY = new Caller('', { problem: null, token: null }, null)

export const modeAt = ({ watched }: FleetEndpoint, atMs: number): Mode =>
  watched.some(({ fromMs, toMs }) => atMs >= fromMs && atMs < toMs) ? 'log-only' : 'off'

/** What a rule in full force answers to a request: the evaluator of the middleware, with its mode applied. */
export function decideEnforced({ caller, ageSeconds, job }: Request, rule: Rule, percent: number): Decision {
  fillFacts(caller, ageSeconds, job.address)
  return decide(caller.facts, { mode: 'enforce', percent, rule })
}

export const isWithinPercent = ({ caller }: Request, percent: number): boolean =>
  isEnforcedFor(caller.facts.callerKey, 'enforce', percent)

/** What differs from request to request, as the guard fills it in. */
function fillFacts({ facts }: Caller, ageSeconds: number | null, address: string | null): void {
  facts.tokenAgeSeconds = ageSeconds
  facts.address = address
  facts.context = NO_CONTEXT
}

/** One process of a service: the middleware's own route table, recorder and queue, driven by the clock of the simulation. */
class Instance {
  readonly #routes = new RouteTable(() => undefined)
  readonly #queue: DecisionQueue
  readonly #recorder: Recorder
  readonly #rhythm: FleetInstance
  readonly #take: (window: DecisionWindow) => void
  readonly dropped: Dropped = nothingDropped()

  constructor(rhythm: FleetInstance, take: (window: DecisionWindow) => void) {
    this.#rhythm = rhythm
    this.#take = take
    this.#queue = new DecisionQueue(rhythm.queueSizeMax, SAMPLES_MAX)
    this.#recorder = new Recorder(this.#queue, FOLDS_MAX)
  }

  apply(snapshot: Snapshot): void {
    const plan = toContextPlan(snapshot, false, 'off')
    this.#recorder.begin(SAMPLES_MAX)
    this.#routes.bind(snapshot, (rule) => toContextNeeds(rule, plan, () => null))
  }

  record(request: Request): void {
    this.closeBefore(request.atMs)
    const { method, route: template } = request.job.endpoint
    const route = this.#routes.register(method, template)
    if (route.binding === null) throw new Error('no configuration was applied')
    if (route.binding.mode === 'off') this.#countOnly(route, route.binding, request.atMs)
    else this.#decide(route, route.binding, request)
  }

  #countOnly(route: Route, binding: Binding, nowMs: number): void {
    binding.unevaluated ??= this.#recorder.foldOf(
      route,
      ANYBODY,
      decide(ANYBODY.facts, binding),
      binding.revision,
      false,
    )
    this.#recorder.count(binding.unevaluated, nowMs, null)
  }

  #decide(route: Route, binding: Binding, { caller, ageSeconds, job, atMs }: Request): void {
    fillFacts(caller, ageSeconds, binding.needsAddress ? job.address : null)
    const decision = decide(caller.facts, binding)
    const fold = this.#recorder.foldOf(
      route,
      caller,
      decision,
      binding.revision,
      true,
      toRecordedContext(binding, caller),
    )
    this.#recorder.count(fold, atMs, ageSeconds)
  }

  /** Closes the window whose time is over. */
  closeBefore(nowMs: number): void {
    const { openSinceMs } = this.#queue
    if (openSinceMs === null) return
    const { intervalSeconds, phaseMs } = this.#rhythm
    const intervalMs = intervalSeconds * 1_000
    const endMs = Math.floor((openSinceMs - phaseMs) / intervalMs + 1) * intervalMs + phaseMs
    if (nowMs >= endMs) this.close(endMs)
  }

  close(atMs: number): void {
    this.#queue.seal(atMs)
    for (let window = this.#queue.shift(ITEMS_MAX); window !== null; window = this.#queue.shift(ITEMS_MAX))
      this.#take(window)
    const { allowed, wouldDeny, denied } = this.#queue.takeDropped()
    this.dropped.allowed += allowed
    this.dropped.wouldDeny += wouldDeny
    this.dropped.denied += denied
  }
}

function toRecordedContext({ needs }: Binding, { facts }: Caller): RecordedContext | null {
  if (needs === null) return null
  const { country, autonomousSystem, device, signals } = facts.context
  return { country, autonomousSystem, device, signals, observed: needs.observed, ...needs.answers.of(facts) }
}

/** Records the traffic of a fleet as its instances do, up to one moment after another. */
export class FleetRecorder {
  readonly #fleet: Fleet
  readonly #requests: readonly Request[]
  readonly #instances: ReadonlyMap<FleetService, readonly Instance[]>
  readonly #changesMs: number[]
  #next = 0
  #revision = 0

  constructor(fleet: Fleet, requests: readonly Request[], take: TakeWindow) {
    this.#fleet = fleet
    this.#requests = requests
    this.#changesMs = toChanges(fleet)
    const services = new Set(fleet.endpoints.map(({ service }) => service))
    this.#instances = new Map(
      [...services].map((service) => [
        service,
        service.instances.map((rhythm, index) => new Instance(rhythm, (window) => take(service, index, window))),
      ]),
    )
  }

  /** Everything before this moment has left its instance afterwards. */
  recordUntil(untilMs: number): void {
    while ((this.#requests[this.#next]?.atMs ?? Infinity) < untilMs) this.#recordNext()
    for (const instance of this.#all()) instance.close(untilMs)
  }

  droppedOf(service: FleetService): Dropped {
    const sum = nothingDropped()
    for (const { dropped } of this.#instances.get(service) ?? [])
      for (const key of ['allowed', 'wouldDeny', 'denied'] as const) sum[key] += dropped[key]
    return sum
  }

  #recordNext(): void {
    const request = this.#requests[this.#next++]
    if (request === undefined) return
    while ((this.#changesMs[0] ?? Infinity) <= request.atMs) this.#applyChange(this.#changesMs.shift() ?? 0)
    this.#instances.get(request.job.endpoint.service)?.[request.instance]?.record(request)
  }

  #applyChange(atMs: number): void {
    this.#revision++
    for (const [service, instances] of this.#instances)
      for (const instance of instances) {
        instance.close(atMs)
        instance.apply(toSnapshot(this.#fleet, service, this.#revision, atMs))
      }
  }

  #all = (): Instance[] => [...this.#instances.values()].flat()
}

/** When a mode changes, the beginning included. */
function toChanges({ startMs, endpoints }: Fleet): number[] {
  const all = endpoints.flatMap(({ watched }) => watched.flatMap(({ fromMs, toMs }) => [fromMs, toMs]))
  return [...new Set([startMs, ...all])].toSorted((a, b) => a - b)
}

const toSnapshot = ({ endpoints }: Fleet, service: FleetService, revision: number, atMs: number): Snapshot => ({
  ...{ format: SNAPSHOT_FORMAT, epoch: 'fleet', revision, environment: 'production', service: service.slug },
  ...{ publishedAt: new Date(atMs).toISOString(), undeclaredMode: 'off' },
  endpoints: endpoints
    .filter((endpoint) => endpoint.service === service)
    .map((endpoint) => ({ ...endpoint, mode: modeAt(endpoint, atMs), percent: 100 })),
  ...{ issuers: [], disabledIdentities: [], revokedTokens: [], knownDevices: [] },
  poll: { waitSeconds: 25, intervalSeconds: 30 },
  report: { intervalSeconds: 5, samplesPerSignature: SAMPLES_MAX },
})
