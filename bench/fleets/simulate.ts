import { toCaller } from '#lib/evidence/caller.ts'
import { MEMORY_DAYS } from '#lib/evidence/readiness.ts'
import {
  judgeEndpoint,
  type EndpointJudgement,
  type EvidenceBase,
  type Holder,
} from '#lib/control/decision/load-evidence.ts'
import type { LiveInstance } from '#lib/store/decisions/read-live-instances.ts'
import { SeededRandom } from '../../sdk/test/seeded-random.ts'
import { FleetRecorder, modeAt } from './fleet-recorder.ts'
import { Ledger } from './ledger.ts'
import type { Fleet, FleetEndpoint, FleetService, Job } from './make-fleet.ts'
import { makeTraffic, type Request } from './make-traffic.ts'
import { DAY_MS, HOUR_MS } from './rhythms.ts'

/** A fleet with its traffic, recorded up to a moment. */
export interface Simulation {
  readonly fleet: Fleet
  readonly requests: readonly Request[]
  readonly ledger: Ledger
  readonly recorder: FleetRecorder
}

/** One question: what does the evidence say of an endpoint at a moment, and what is known to have happened. */
export interface Ask {
  readonly endpoint: FleetEndpoint
  readonly atMs: number
  readonly windowHours: number
  readonly judgement: EndpointJudgement
  /** Requests of the endpoint. */
  readonly requests: readonly Request[]
}

export function startSimulation(fleet: Fleet): Simulation {
  const requests = makeTraffic(fleet, new SeededRandom(fleet.seed))
  const ledger = new Ledger(fleet.endpoints)
  const recorder = new FleetRecorder(fleet, requests, (service, _instance, { items }) => ledger.add(service, items))
  return { fleet, requests, ledger, recorder }
}

const grouped = new WeakMap<Simulation, ReadonlyMap<FleetEndpoint, readonly Request[]>>()

export function requestsByEndpoint(simulation: Simulation): ReadonlyMap<FleetEndpoint, readonly Request[]> {
  const known = grouped.get(simulation) ?? Map.groupBy(simulation.requests, ({ job }) => job.endpoint)
  grouped.set(simulation, known)
  return known
}

export function hasDropped({ recorder }: Simulation, service: FleetService): boolean {
  const { allowed, wouldDeny, denied } = recorder.droppedOf(service)
  return allowed + wouldDeny + denied > 0
}

/** What the control plane would load at this moment, from what was reported so far. */
export function evidenceAt({ fleet, ledger, recorder }: Simulation, atMs: number, windowHours: number): EvidenceBase {
  const windowFromMs = atMs - windowHours * HOUR_MS
  const services = new Set(fleet.endpoints.map(({ service }) => service))
  const live = [...services].flatMap((service) => toLiveInstances(service, recorder))
  return {
    ...{ now: new Date(atMs), windowHours },
    signatures: Map.groupBy(ledger.totals(windowFromMs, atMs), ({ endpointId }) => endpointId ?? ''),
    earlier: Map.groupBy(
      ledger.earlier(atMs - MEMORY_DAYS * DAY_MS, windowFromMs),
      ({ endpointId }) => endpointId ?? '',
    ),
    lifetimes: lifetimesOf(fleet),
    instances: Map.groupBy(live, ({ serviceId }) => serviceId),
    ...{ sharedCredentials: [], holders: holdersOf(fleet) },
  }
}

const isIdentity = ({ kind }: Job): boolean => kind === 'service' || kind === 'integration'

/** Of a caller with several jobs, the tokens that live longest. */
function lifetimesOf({ jobs }: Fleet): Map<string, number> {
  const byCaller = Map.groupBy(jobs.filter(isIdentity), ({ caller }) => caller)
  return new Map(
    [...byCaller].map(([caller, own]) => [caller, Math.max(...own.map(({ lifetimeSeconds }) => lifetimeSeconds))]),
  )
}

/** What a job was granted when it was repaired, and what it held ever since. */
const toGrants = ({ scopes, repaired }: Job): (readonly [string, Date])[] => [
  ...(repaired?.scopes ?? []).map((scope) => [scope, new Date(repaired?.atMs ?? 0)] as const),
  ...scopes.map((scope) => [scope, new Date(0)] as const),
]

/** What was granted in the end: a token may ask for less. */
function holdersOf({ jobs }: Fleet): Map<string, Holder[]> {
  const byService = Map.groupBy(jobs.filter(isIdentity), ({ endpoint }) => endpoint.service.id)
  return new Map([...byService].map(([serviceId, own]) => [serviceId, toHolders(own)]))
}

const toHolders = (jobs: readonly Job[]): Holder[] =>
  [...Map.groupBy(jobs, ({ kind, caller }) => toCaller(kind, caller, null).key).values()].flatMap((own) =>
    own.slice(0, 1).map(({ kind, caller }) => ({
      ...{ caller: toCaller(kind, caller, null), clientId: caller },
      grantedAt: new Map(own.flatMap(toGrants)),
    })),
  )

/** The draft of an endpoint judged by the evidence. */
export const judgeDraft = (base: EvidenceBase, { id, service, rule, draft }: FleetEndpoint): EndpointJudgement =>
  judgeEndpoint(base, { id, serviceId: service.id, rule }, draft)

const toLiveInstances = (service: FleetService, recorder: FleetRecorder): LiveInstance[] => {
  const { allowed, wouldDeny, denied } = recorder.droppedOf(service)
  return [
    {
      ...{ id: service.id, serviceId: service.id, serviceSlug: service.slug, hostname: 'host', workload: service.slug },
      ...{ revision: 1, state: 'fresh', publishedRevision: 1, confirmed: true, dropped: allowed + wouldDeny + denied },
    },
  ]
}

export const isEvaluated = ({ job, atMs }: Request): boolean => modeAt(job.endpoint, atMs) !== 'off'

/** Of requests in order. */
export const within = (requests: readonly Request[], fromMs: number, toMs: number): readonly Request[] =>
  requests.slice(findFirst(requests, fromMs), findFirst(requests, toMs))

function findFirst(requests: readonly Request[], atMs: number): number {
  let [low, high] = [0, requests.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((requests[middle]?.atMs ?? Infinity) < atMs) low = middle + 1
    else high = middle
  }
  return low
}
