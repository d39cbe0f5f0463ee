import { randomUUID } from 'node:crypto'
import type { SnapshotState } from '../../lib/policy/vocabulary.ts'
import type { StepgateFetchInit } from './client/authorized-fetch.ts'
import type { StepgateExchange, StepgateToken, StepgateTokenCount } from './client/token-client.ts'
import type { ConnectionStanding } from './connection/connection.ts'
import { ConnectionOnDemand } from './connection/connection-on-demand.ts'
import { StepgateTokenError } from './errors.ts'
import {
  EventHub,
  type StepgateEventName,
  type StepgateEvents,
  type StepgateLog,
  type StepgateLogger,
} from './event-hub.ts'
import { ContextOnDemand } from './context/context-on-demand.ts'
import type { GeoDatabaseStatus } from './context/geo-database.ts'
import { attachEngine, type Engine } from './guard/engine.ts'
import { Guard } from './guard/guard.ts'
import { RouteTable } from './guard/route-table.ts'
import { DecisionQueue, type Dropped } from './report/decision-queue.ts'
import type { StepgateDecisionCount } from './report/decision-tally.ts'
import { loadPart } from './config/load-part.ts'
import { requireKnown, requireUsable } from './known-names.ts'
import { parseSettings, type Settings, type StepgateOptions } from './settings.ts'
import { closeOnExit } from './shutdown.ts'

/** How the middleware of this process stands. */
export interface StepgateStatus {
  /**
   * `fresh`: confirmed by the control plane lately. `stale`: it cannot be reached, the last configuration is in force.
   * `static`: started from the copy on disk and not confirmed since. `closed`: no configuration, protected routes answer 503.
   */
  readonly state: SnapshotState
  /** Epoch of the configuration in force; null when there is none. */
  readonly epoch: string | null
  /** Number of the configuration within its epoch; null when there is none. */
  readonly revision: number | null
  /** The environment this service belongs to; null before there is a configuration. */
  readonly environment: string | null
  /** Seconds since the control plane last confirmed the configuration; null when it never did. */
  readonly ageSeconds: number | null
  /** When the configuration was last asked for; null when it never was. */
  readonly lastPollAt: Date | null
  /** What went wrong with the last poll; null when it went well. */
  readonly lastError: string | null
  /** Routes that are guarded. */
  readonly routes: number
  /** Decision signatures that wait to be reported. */
  readonly queued: number
  /** Decisions the control plane has acknowledged. */
  readonly stored: number
  /** Decisions that could not be kept, since the start. */
  readonly dropped: Readonly<Dropped>
  /** Requests since the start, by mode, outcome and reason. */
  readonly decisions: readonly StepgateDecisionCount[]
  /** How the files that tell where addresses lie stand; empty without any. */
  readonly geoDatabases: readonly GeoDatabaseStatus[]
  /** Requests for access tokens since the start. */
  readonly tokens: StepgateTokenCount
  /** Id of this process. */
  readonly instanceId: string
  /** Name of this program, see the option `workload`. */
  readonly workload: string
}

/** The middleware's connection to the control plane. Hand it to an adapter: `protectExpress`, `stepgateFastify` or `guard`. */
export interface Stepgate {
  /** Settles when the first configuration was applied, or could not be had. Never rejects. */
  readonly started: Promise<void>
  /**
   * `fetch` with an access token for the service that is called; after a 401 once more with a new one. Throws
   * `StepgateUsageError` (`value-unusable`) before anything is sent where an argument cannot be meant.
   */
  fetch(input: Parameters<typeof fetch>[0], init?: StepgateFetchInit): Promise<Response>
  /**
   * An access token for another service: kept, renewed ahead of time. Throws `StepgateTokenError` when none can be had, and
   * `StepgateUsageError` (`value-unusable`) at once without an audience.
   */
  getToken(
    audience: string,
    options?: {
      /** Scopes to ask for; by default all that were granted. */
      readonly scopes?: readonly string[]
    },
  ): Promise<StepgateToken>
  /**
   * A token to call another service on somebody's behalf (RFC 8693): about the one the subject token is about, for this service
   * to use. Kept by subject token, audience and scopes, and never longer than the subject token lives. `fetch` with `onBehalfOf`
   * asks for it by itself. Throws `StepgateTokenError` when none can be had.
   */
  exchangeToken(wish: StepgateExchange): Promise<StepgateToken>
  /** How the middleware stands now: state, revision, counts since the start. Cheap enough for every scrape or health check. */
  status(): StepgateStatus
  /** Whether requests can be decided: false only in state `closed`. */
  ready(): boolean
  /** Reports events; the answer takes the listener away again. Throws `StepgateUsageError` for an event that does not exist and without a listener. */
  on<Name extends StepgateEventName>(event: Name, listener: (event: StepgateEvents[Name]) => void): () => void
  /** Reports what was not reported yet, for at most 5 s, and stops. */
  close(): Promise<void>
}

const QUEUE_SIZE_MAX = 20_000
const SAMPLES_MAX = 5_000
const CLOSE_DEADLINE_MS = 5_000

/** One line each, so that details survive a log that is read line by line. */
const toLine = (...[details, message = '']: Parameters<StepgateLog>): string =>
  typeof details === 'string' ? details : `${message} ${JSON.stringify(details)}`

const consoleLogger: StepgateLogger = {
  warn: (...line) => console.warn(toLine(...line)),
  error: (message) => console.error(message),
}

/** Before the connection is there. */
const UNCONNECTED = {
  state: 'closed',
  epoch: null,
  revision: null,
  environment: null,
  ageSeconds: null,
  lastPollAt: null,
  lastError: null,
  stored: 0,
  tokens: { issued: 0, failed: 0 },
} as const

/** All parts of one middleware, put together. */
class StepgateRuntime implements Omit<Stepgate, 'on'>, Engine {
  readonly #settings: Settings
  readonly #queue = new DecisionQueue(QUEUE_SIZE_MAX, SAMPLES_MAX)
  readonly #context: ContextOnDemand
  readonly #connection: ConnectionOnDemand
  readonly #instanceId = randomUUID()
  readonly #forgetExit: () => void
  #framework: string | null
  #closing: Promise<void> | null = null
  #hold: NodeJS.Timeout | null = null
  readonly guard: Guard
  readonly routes = new RouteTable(() => this.#connection.current?.announceRoutes())

  constructor(settings: Settings, events: EventHub) {
    const context = new ContextOnDemand(settings, events)
    this.#settings = settings
    this.#framework = settings.framework
    this.#context = context
    const connection = new ConnectionOnDemand({
      settings,
      events,
      queue: this.#queue,
      routes: this.routes,
      instanceId: this.#instanceId,
      framework: () => this.#framework ?? 'node',
      prepare: (snapshot) => context.prepare(snapshot),
      apply: (snapshot) => this.guard.apply(snapshot),
      TokenError: StepgateTokenError,
    })
    this.#connection = connection
    this.guard = new Guard({
      routes: this.routes,
      queue: this.#queue,
      events,
      trustedProxies: settings.trustedProxies,
      foldsMax: QUEUE_SIZE_MAX,
      explain: connection.explain,
      refuse: connection.refuse,
      toVerifier: connection.toVerifier,
      get context() {
        return context.reader
      },
      get prover() {
        return connection.prover
      },
    })
    this.#forgetExit = closeOnExit(this)
  }

  /** Whoever waits for it keeps the process running; nothing else of a start would. */
  get started(): Promise<void> {
    const { started } = this.#connection
    if (this.#hold === null) {
      const hold = setInterval(() => undefined, 60_000)
      this.#hold = hold
      void started.then(() => clearInterval(hold))
    }
    return started
  }

  start(): void {
    this.#context.start()
    this.#connection.start()
  }

  /** The adapter's framework, unless a setting named another. */
  useFramework(name: string): void {
    this.#framework ??= name
  }

  async fetch(input: Parameters<typeof fetch>[0], init: StepgateFetchInit = {}): Promise<Response> {
    const { fetchAuthorized, FETCH_OPTIONS, problemOf } = await loadPart(() => import('./client/outgoing-calls.ts'))
    requireKnown('fetch', init, FETCH_OPTIONS)
    const problem = problemOf(input, init)
    requireUsable(problem === '', problem)
    return fetchAuthorized((wish) => this.#connection.tokensFor(wish), this.#settings.audiences, input, init)
  }

  async getToken(audience: string, options: { readonly scopes?: readonly string[] } = {}): Promise<StepgateToken> {
    requireKnown('getToken', options, ['scopes'])
    const { scopes = [] } = options
    return this.#connection.find({ audience, scopes, subjectToken: null })
  }

  async exchangeToken(wish: StepgateExchange): Promise<StepgateToken> {
    requireKnown('exchangeToken', wish, ['subjectToken', 'audience', 'scopes'])
    const { subjectToken, audience, scopes = [] } = wish
    return this.#connection.find({ audience, scopes, subjectToken: subjectToken ?? '' }) // eslint-disable-line @typescript-eslint/no-unnecessary-condition -- null, of somebody without types, would ask for a token of the service's own
  }

  ready(): boolean {
    return this.#standing.state !== 'closed'
  }

  status(): StepgateStatus {
    return {
      ...this.#standing,
      routes: this.routes.size,
      decisions: this.#queue.counts,
      geoDatabases: this.#context.geoDatabases,
      instanceId: this.#instanceId,
      workload: this.#settings.workload,
    }
  }

  get #standing(): ConnectionStanding {
    const { size, dropped } = this.#queue
    return this.#connection.current?.standing ?? { ...UNCONNECTED, queued: size, dropped: { ...dropped } }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async flush(): Promise<void> {
    await Promise.all([this.#connection.current?.reporter.drain(CLOSE_DEADLINE_MS), this.#context.flush()])
  }

  async #close(): Promise<void> {
    await Promise.all([this.#connection.close(CLOSE_DEADLINE_MS), this.#context.close()])
    this.#forgetExit()
  }
}

/**
 * Connects this service to its control plane and begins to poll its configuration. Settings that are not given come from
 * the environment (`STEPGATE_URL`, `STEPGATE_CLIENT_ID`, …). Throws `StepgateConfigurationError` naming the first that is
 * missing, cannot be used or does not exist; everything after that is told by `status()` and events, never by an exception.
 *
 * @example
 * const stepgate = createStepgate()
 * protectExpress(app, stepgate)
 */
export function createStepgate(options: StepgateOptions = {}): Stepgate {
  const settings = parseSettings(options, process.env)
  const events = new EventHub(options.logger ?? consoleLogger)
  const runtime = new StepgateRuntime(settings, events)
  const stepgate: Stepgate = {
    get started() {
      return runtime.started
    },
    fetch: (input, init) => runtime.fetch(input, init),
    getToken: (audience, tokenOptions) => runtime.getToken(audience, tokenOptions),
    exchangeToken: (wish) => runtime.exchangeToken(wish),
    status: () => runtime.status(),
    ready: () => runtime.ready(),
    on: (event, listener) => events.on(event, listener),
    close: () => runtime.close(),
  }
  attachEngine(stepgate, runtime)
  runtime.start()
  return stepgate
}
