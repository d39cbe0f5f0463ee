/** The guard with a context and a queue, asked without a socket: what it decides and what it would report. */
import { Socket } from 'node:net'
import * as conditionEngine from '../../lib/condition/compile-condition.ts'
import type { Snapshot } from '../../lib/policy/snapshot.ts'
import { ConditionCompiler } from '../src/condition/condition-compiler.ts'
import { ContextReader, type ContextParts } from '../src/context/context-reader.ts'
import type { GeoLookup } from '../src/context/geo-lookup.ts'
import { Places } from '../src/context/places.ts'
import { SeenMemory } from '../src/context/seen-memory.ts'
import { EventHub } from '../src/event-hub.ts'
import { explainDecision } from '../src/guard/explain-decision.ts'
import { refuseDenied } from '../src/guard/refuse-denied.ts'
import { Guard } from '../src/guard/guard.ts'
import type { Refusal } from '../src/guard/refusal.ts'
import type { RequestReader } from '../src/guard/request-reader.ts'
import { RouteTable } from '../src/guard/route-table.ts'
import { DecisionQueue } from '../src/report/decision-queue.ts'
import { SenderProver } from '../src/sender/sender-prover.ts'
import type { FoldedDecisions } from '../src/report/fold.ts'
import { TestControlPlane } from './control-plane.ts'
import { endpoint, silentLogger } from './fixtures.ts'
import { toVerifier } from '../src/token/verify-token.ts'

export interface AskedRequest {
  readonly token?: string
  readonly address?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly params?: Readonly<Record<string, unknown>>
}

const requestReader: RequestReader<AskedRequest> = {
  authorization: ({ token }) => (token === undefined ? undefined : `Bearer ${token}`),
  userAgent: ({ headers }) => headers?.['user-agent'],
  header: ({ headers }, name) => headers?.[name],
  method: () => 'GET',
  path: () => '/',
  params: ({ params = {} }) => params,
  socket: ({ address: value = '192.0.2.1' }) => Object.defineProperty(new Socket(), 'remoteAddress', { value }),
}

export interface ContextOptions extends Partial<Pick<ContextParts, 'signals' | 'memory' | 'trustedProxies'>> {
  readonly geo?: GeoLookup
}

export interface Asked {
  /** Null when allowed. */
  readonly reason: string | null
  readonly refusal: Refusal | null
}

export class ContextHarness {
  readonly plane: TestControlPlane
  readonly memory: SeenMemory
  readonly #guard: Guard
  readonly #routes = new RouteTable(() => undefined)
  readonly #queue = new DecisionQueue(1_000, 1_000)
  #snapshot: Snapshot

  constructor(options: ContextOptions, change: Partial<Snapshot>, plane = new TestControlPlane()) {
    const events = new EventHub(silentLogger)
    const { geo, signals = 'rules', trustedProxies = [], memory = new SeenMemory() } = options
    const places = geo === undefined ? null : new Places(geo, events)
    this.plane = plane
    this.memory = memory
    this.#guard = new Guard({
      routes: this.#routes,
      queue: this.#queue,
      events,
      trustedProxies,
      foldsMax: 1_000,
      explain: explainDecision,
      refuse: refuseDenied,
      toVerifier,
      prover: new SenderProver(trustedProxies),
      context: new ContextReader({
        ...{ places, memory, signals, trustedProxies, events },
        conditions: new ConditionCompiler(events, conditionEngine),
      }),
    })
    this.#snapshot = this.plane.makeSnapshot(change)
    this.#guard.apply(this.#snapshot)
  }

  publish(change: Partial<Snapshot>): void {
    this.#snapshot = { ...this.#snapshot, revision: this.#snapshot.revision + 1, ...change }
    this.#guard.apply(this.#snapshot)
  }

  ask(route: string, request: AskedRequest = {}): Asked {
    const answer = this.#guard.check(this.#routes.register('GET', route), request, requestReader)
    if (answer !== null && 'refused' in answer) return { reason: null, refusal: answer }
    return { reason: answer?.reason ?? null, refusal: null }
  }

  /** What would be reported since the last time. */
  report(): FoldedDecisions[] {
    this.#queue.seal(Date.now())
    return this.#queue.shift(1_000)?.items ?? []
  }

  /** The signals of each signature since the last time, those of most worth first. */
  signals(): (readonly string[] | undefined)[] {
    return this.report().map(({ signature }) => signature.context?.signals)
  }
}

export { endpoint }
