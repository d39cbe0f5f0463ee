import { randomUUID } from 'node:crypto'
import type { SnapshotState } from '../../lib/policy/vocabulary.ts'
import type { StepgateFetchInit } from './client/authorized-fetch.ts'
import { ControlPlane } from './client/control-plane.ts'
import {
  TokenClient,
  type StepgateExchange,
  type StepgateToken,
  type StepgateTokenCount,
} from './client/token-client.ts'
import { SnapshotDisk } from './config/snapshot-disk.ts'
import { SnapshotPoller } from './config/snapshot-poller.ts'
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
import { logDecisions } from './report/decision-log.ts'
import { DecisionReporter } from './report/decision-reporter.ts'
import type { StepgateDecisionCount } from './report/decision-tally.ts'
import { toInstanceReport, type InstanceReport } from './report/instance-report.ts'
import { InventoryReporter } from './report/inventory-reporter.ts'
import { loadPart } from './config/load-part.ts'
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
  /** `fetch` with an access token for the service that is called; after a 401 once more with a new one. */
  fetch(input: Parameters<typeof fetch>[0], init?: StepgateFetchInit): Promise<Response>
  /** An access token for another service: kept, renewed ahead of time. Throws `StepgateTokenError` when none can be had. */
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
  /** Reports events; the answer takes the listener away again. */
  on<Name extends StepgateEventName>(event: Name, listener: (event: StepgateEvents[Name]) => void): () => void
  /** Reports what was not reported yet, for at most 5 s, and stops. */
  close(): Promise<void>
}

const QUEUE_SIZE_MAX = 20_000
const SAMPLES_MAX = 5_000
const REPORT_INTERVAL_SECONDS_DEFAULT = 5
const CLOSE_DEADLINE_MS = 5_000

/** One line each, so that details survive a log that is read line by line. */
const toLine = (...[details, message = '']: Parameters<StepgateLog>): string =>
  typeof details === 'string' ? details : `${message} ${JSON.stringify(details)}`

const consoleLogger: StepgateLogger = {
  warn: (...line) => console.warn(toLine(...line)),
  error: (message) => console.error(message),
}

/** All parts of one middleware, put together. */
class StepgateRuntime implements Stepgate, Engine {
  readonly #settings: Settings
  readonly #events: EventHub
  readonly #queue: DecisionQueue
  readonly #context: ContextOnDemand
  readonly #tokens: TokenClient
  readonly #poller: SnapshotPoller
  readonly #reporter: DecisionReporter
  readonly #inventory: InventoryReporter
  readonly #instanceId = randomUUID()
  readonly #startedAt = new Date()
  readonly #forgetExit: () => void
  #framework: string | null
  #closing: Promise<void> | null = null
  #hold: NodeJS.Timeout | null = null
  readonly guard: Guard
  readonly routes: RouteTable

  constructor(settings: Settings, logger: StepgateLogger) {
    const events = new EventHub(logger)
    const queue = new DecisionQueue(QUEUE_SIZE_MAX, SAMPLES_MAX)
    logDecisions(events, settings.logDecisions)
    const describeInstance = (): InstanceReport => this.#describe()
    this.#settings = settings
    this.#framework = settings.framework
    this.#events = events
    this.#queue = queue
    const context = new ContextOnDemand(settings, events)
    this.#context = context
    this.#tokens = new TokenClient(settings)
    const controlPlane = new ControlPlane(
      {
        url: settings.url,
        instanceId: this.#instanceId,
        workload: settings.workload,
        applied: () => this.#applied(),
        certificate: settings.clientCertificate,
      },
      this.#tokens,
    )
    this.#inventory = new InventoryReporter({ controlPlane, routes: () => this.routes, events, describeInstance })
    this.routes = new RouteTable(() => this.#inventory.announce())
    this.guard = new Guard({
      routes: this.routes,
      queue,
      events,
      trustedProxies: settings.trustedProxies,
      foldsMax: QUEUE_SIZE_MAX,
      get context() {
        return context.reader
      },
      sender: settings.sender,
    })
    this.#poller = new SnapshotPoller({
      controlPlane,
      events,
      disk: settings.stateDir === null ? null : new SnapshotDisk(settings.stateDir, settings.clientId),
      service: settings.clientId,
      configKeys: settings.configKeys,
      prepare: (snapshot) => context.prepare(snapshot),
      apply: (snapshot) => this.guard.apply(snapshot),
    })
    this.#reporter = new DecisionReporter({
      controlPlane,
      queue,
      events,
      describeInstance,
      intervalMs: () => this.#reportIntervalMs(),
    })
    this.#forgetExit = closeOnExit(this)
  }

  /** Whoever waits for it keeps the process running; nothing else of a start would. */
  get started(): Promise<void> {
    const { started } = this.#poller
    if (this.#hold === null) {
      const hold = setInterval(() => undefined, 60_000)
      this.#hold = hold
      void started.then(() => clearInterval(hold))
    }
    return started
  }

  start(): void {
    this.#context.start()
    this.#poller.start()
    this.#reporter.start()
    this.#inventory.announce()
  }

  /** The adapter's framework, unless a setting named another. */
  useFramework(name: string): void {
    this.#framework ??= name
  }

  async fetch(input: Parameters<typeof fetch>[0], init?: StepgateFetchInit): Promise<Response> {
    const { fetchAuthorized } = await loadPart(() => import('./client/outgoing-calls.ts'))
    return fetchAuthorized(this.#tokens, this.#settings.audiences, input, init)
  }

  getToken(audience: string, options: { readonly scopes?: readonly string[] } = {}): Promise<StepgateToken> {
    return this.#tokens.getToken(audience, options.scopes)
  }

  exchangeToken({ subjectToken, audience, scopes = [] }: StepgateExchange): Promise<StepgateToken> {
    return this.#tokens.find({ audience, scopes, subjectToken })
  }

  on<Name extends StepgateEventName>(event: Name, listener: (event: StepgateEvents[Name]) => void): () => void {
    return this.#events.on(event, listener)
  }

  ready(): boolean {
    return this.#poller.state !== 'closed'
  }

  status(): StepgateStatus {
    const { state, snapshot, ageSeconds, lastPollAt, lastError } = this.#poller
    const { queued, stored, dropped } = this.#reporter
    const { epoch = null, revision = null, environment = null } = snapshot ?? {}
    const { workload } = this.#settings
    return {
      state,
      epoch,
      revision,
      environment,
      ageSeconds,
      lastPollAt,
      lastError,
      routes: this.routes.size,
      queued,
      stored,
      dropped,
      decisions: this.#queue.counts,
      geoDatabases: this.#context.geoDatabases,
      tokens: this.#tokens.counts,
      instanceId: this.#instanceId,
      workload,
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async flush(): Promise<void> {
    await Promise.all([this.#reporter.drain(CLOSE_DEADLINE_MS), this.#context.flush()])
  }

  async #close(): Promise<void> {
    this.#poller.stop()
    this.#inventory.stop()
    await Promise.all([this.#reporter.stop(CLOSE_DEADLINE_MS), this.#context.close()])
    this.#forgetExit()
  }

  #applied(): string | null {
    const { snapshot } = this.#poller
    return snapshot === null ? null : `${snapshot.epoch}:${String(snapshot.revision)}`
  }

  #reportIntervalMs(): number {
    return (this.#poller.snapshot?.report.intervalSeconds ?? REPORT_INTERVAL_SECONDS_DEFAULT) * 1000
  }

  #describe(): InstanceReport {
    const { snapshot, state } = this.#poller
    return toInstanceReport({
      id: this.#instanceId,
      workload: this.#settings.workload,
      startedAt: this.#startedAt,
      framework: this.#framework ?? 'node',
      snapshot,
      state,
    })
  }
}

/**
 * Connects this service to its control plane and begins to poll its configuration. Settings that are not given come from
 * the environment (`STEPGATE_URL`, `STEPGATE_CLIENT_ID`, …). Throws `StepgateConfigurationError` naming the first that is
 * missing; everything after that is told by `status()` and events, never by an exception.
 *
 * @example
 * const stepgate = createStepgate()
 * protectExpress(app, stepgate)
 */
export function createStepgate(options: StepgateOptions = {}): Stepgate {
  const runtime = new StepgateRuntime(parseSettings(options, process.env), options.logger ?? consoleLogger)
  const stepgate: Stepgate = {
    get started() {
      return runtime.started
    },
    fetch: (input, init) => runtime.fetch(input, init),
    getToken: (audience, tokenOptions) => runtime.getToken(audience, tokenOptions),
    exchangeToken: (wish) => runtime.exchangeToken(wish),
    status: () => runtime.status(),
    ready: () => runtime.ready(),
    on: (event, listener) => runtime.on(event, listener),
    close: () => runtime.close(),
  }
  attachEngine(stepgate, runtime)
  runtime.start()
  return stepgate
}
