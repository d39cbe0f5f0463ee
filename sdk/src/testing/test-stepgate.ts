import { randomUUID } from 'node:crypto'
import { Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { member, type Field } from '../../../lib/policy/field-reader.ts'
import type { CheckResult } from '../../../lib/policy/decision.ts'
import type { CallerKind, Mode, Outcome, Reason, Verdict } from '../../../lib/policy/vocabulary.ts'
import type { Network } from '../../../lib/policy/network.ts'
import type { Snapshot } from '../../../lib/policy/snapshot.ts'
import { DISCOVERY_DELAY_MS } from '../adapters/discovery-timer.ts'
import { FETCH_OPTIONS, fetchAuthorized, problemOf, type StepgateFetchInit } from '../client/authorized-fetch.ts'
import { requireWish } from '../client/require-wish.ts'
import { subjectOf } from '../client/subject-token.ts'
import type { StepgateExchange, StepgateToken, TokenSource } from '../client/token-client.ts'
import type { TokenWish } from '../client/token-endpoint.ts'
import * as conditionEngine from '../../../lib/condition/compile-condition.ts'
import { ConditionCompiler } from '../condition/condition-compiler.ts'
import { ContextReader } from '../context/context-reader.ts'
import type { GeoLookup } from '../context/geo-lookup.ts'
import { Places } from '../context/places.ts'
import { SeenMemory } from '../context/seen-memory.ts'
import { StepgateTokenError } from '../errors.ts'
import { EventHub, type StepgateEventName, type StepgateEvents, type StepgateLogger } from '../event-hub.ts'
import type { StepgateDecisionEvent } from '../guard/decision-event.ts'
import type { Engine } from '../guard/engine.ts'
import { explainDecision } from '../guard/explain-decision.ts'
import { refuseDenied } from '../guard/refuse-denied.ts'
import { Guard } from '../guard/guard.ts'
import type { RequestReader } from '../guard/request-reader.ts'
import { requireKnown, requireUsable } from '../known-names.ts'
import { DecisionQueue, nothingDropped } from '../report/decision-queue.ts'
import { SenderProver } from '../sender/sender-prover.ts'
import type { Stepgate, StepgateStatus } from '../stepgate.ts'
import { TestConfiguration, type TestConfigurationOptions, type TestRule } from './test-configuration.ts'
import { readMethod, toEndpointName } from './test-endpoint-name.ts'
import { mintTestToken, type TestTokenOptions } from './test-issuer.ts'
import { toVerifier } from '../token/verify-token.ts'
import { TestRoutes } from './test-routes.ts'
import { readAnyText, readHeaders, readOr, readTestValue, readText, readTextsByName } from './test-value.ts'

/** A request to be decided without sending one. */
export interface TestRequest {
  /** HTTP method. */
  readonly method: string
  /** Route template of the endpoint, `/orders/:orderId`. */
  readonly route: string
  /** Access token, see `mintToken`. Default none. */
  readonly token?: string
  /** Address the connection comes from. Default `127.0.0.1`. */
  readonly address?: string
  /** Further headers, by names in lower case. Default none. */
  readonly headers?: Readonly<Record<string, string>>
  /** Parameters of the route. Default none. */
  readonly params?: Readonly<Record<string, string>>
  /** Path of the request. By default the template itself. */
  readonly path?: string
}

/** What the guard decided about a {@link TestRequest}. */
export interface TestDecision {
  /** What the endpoint's rule says, before the mode is applied. `allow` in mode `off`, which asks no rule. */
  readonly verdict: Verdict
  /** What becomes of the request. */
  readonly outcome: Outcome
  /** The first check that failed; null when allowed. */
  readonly reason: Reason | null
  /** Scopes the endpoint asks for and the token lacks, where that is the reason. */
  readonly missingScopes: readonly string[]
  /** Every check that was made, in the order in which they count; empty in mode `off`. */
  readonly checks: readonly CheckResult[]
  /** Mode of the endpoint. */
  readonly mode: Mode
  /** `client_id` of the caller, `user@<issuer>` for people; null when anonymous. */
  readonly caller: string | null
  /** What kind of caller it is. */
  readonly callerKind: CallerKind
  /** What the caller is answered instead of the handler's answer; null where the handler runs. */
  readonly refusal: {
    /** HTTP status. */
    readonly status: number
    /** Response headers, by names in lower case. */
    readonly headers: Readonly<Record<string, string>>
    /** A problem document (RFC 9457). */
    readonly body: string
  } | null
}

const REQUEST_OPTIONS = [
  'method',
  'route',
  'token',
  'address',
  'headers',
  'params',
  'path',
] satisfies (keyof TestRequest)[]

function requireRequest(request: TestRequest): void {
  requireKnown('decide', request, REQUEST_OPTIONS)
  const option = (name: keyof TestRequest): Field => member({ value: request, path: '' }, name)
  readTestValue('decide', () => {
    readMethod(option('method'))
    readAnyText(option('route'))
    for (const name of ['token', 'address', 'path'] as const) readOr(option(name), '', readAnyText)
    readOr(option('headers'), {}, readHeaders)
    readOr(option('params'), {}, readTextsByName)
  })
}

const UNDECIDED: Omit<TestDecision, 'refusal'> = {
  verdict: 'allow',
  outcome: 'allowed',
  reason: null,
  missingScopes: [],
  checks: [],
  mode: 'off',
  caller: null,
  callerKind: 'anonymous',
}

const testRequestReader: RequestReader<TestRequest> = {
  authorization: ({ token, headers }) => (token === undefined ? headers?.['authorization'] : `Bearer ${token}`),
  userAgent: ({ headers }) => headers?.['user-agent'],
  header: ({ headers }, name) => headers?.[name],
  method: ({ method }) => method.toUpperCase(),
  path: ({ path, route }) => path ?? route,
  params: ({ params = {} }) => params,
  socket: ({ address: value = '127.0.0.1' }) => Object.defineProperty(new Socket(), 'remoteAddress', { value }),
}

const QUEUE_SIZE_MAX = 1_000

export interface TestRuntimeSettings extends TestConfigurationOptions {
  readonly networks: readonly Network[]
  readonly audiences: ReadonlyMap<string, string>
  readonly logger: StepgateLogger
  readonly geo: GeoLookup | null
}

/** The real guard with a configuration of the test's own: no network, no timers, nothing kept on disk. */
export class TestRuntime implements Engine, TokenSource {
  readonly #events: EventHub
  readonly #queue = new DecisionQueue(QUEUE_SIZE_MAX, 0)
  readonly #configuration: TestConfiguration
  readonly #audiences: ReadonlyMap<string, string>
  readonly #instanceId = randomUUID()
  #decisions: StepgateDecisionEvent[] = []
  readonly #failures: string[] = []
  #issued = 0
  readonly TokenError = StepgateTokenError
  readonly signer = null
  readonly routes = new TestRoutes()
  readonly guard: Guard

  constructor(settings: TestRuntimeSettings) {
    const { networks: trustedProxies, audiences, logger, geo } = settings
    this.#events = new EventHub(logger)
    this.#audiences = audiences
    const { routes } = this
    this.guard = new Guard({
      routes,
      queue: this.#queue,
      events: this.#events,
      trustedProxies,
      foldsMax: QUEUE_SIZE_MAX,
      explain: explainDecision,
      refuse: refuseDenied,
      toVerifier,
      prover: new SenderProver(trustedProxies),
      context: new ContextReader({
        places: geo === null ? null : new Places(geo, this.#events),
        memory: new SeenMemory(),
        signals: 'rules',
        trustedProxies,
        events: this.#events,
        conditions: new ConditionCompiler(this.#events, conditionEngine),
      }),
    })
    this.#configuration = new TestConfiguration(
      settings,
      () => routes.routed,
      (snapshot) => this.#apply(snapshot),
    )
    this.#events.on('decision', (decision) => this.#decisions.push({ ...decision }))
    this.#events.on('error', ({ message }) => this.#failures.push(message))
  }

  get configuration(): TestConfiguration {
    return this.#configuration
  }

  get decisions(): readonly StepgateDecisionEvent[] {
    return this.#decisions
  }

  useFramework(): void {
    // Nobody is told.
  }

  mintToken(options: TestTokenOptions = {}): string {
    return mintTestToken(this.#configuration.snapshot.issuers, options)
  }

  decide(request: TestRequest): TestDecision {
    requireRequest(request)
    this.#configuration.requireEndpoint(toEndpointName(request.method, request.route))
    const [decided, failures] = [this.#decisions.length, this.#failures.length]
    const answer = this.guard.check(this.routes.decideBy(request.method, request.route), request, testRequestReader)
    const decision = this.#decisions[decided]
    const failure = this.#failures[failures]
    if (failure !== undefined) throw new Error(`Stepgate: the guard failed: ${failure}`)
    const { decisionId: _id, method: _method, route: _route, ...shown } = { ...UNDECIDED, ...decision }
    const refusal = answer !== null && 'refused' in answer ? answer : null
    return {
      ...shown,
      refusal: refusal && { status: refusal.status, headers: refusal.headers, body: refusal.body },
    }
  }

  /** Express and Koa look for routes a moment after they were added. */
  async assertRouted(names: readonly string[]): Promise<void> {
    const wanted = names.length === 0 ? this.#configuration.declared : names.map((name) => this.#requireName(name))
    if (this.routes.findUnrouted(wanted).length > 0) await setTimeout(2 * DISCOVERY_DELAY_MS)
    this.routes.requireRouted(wanted)
  }

  #requireName(name: string): string {
    const text = readTestValue('assertRouted', () => readText({ value: name, path: 'endpoint' }))
    return this.#configuration.requireEndpoint(text)
  }

  reset(): void {
    this.#decisions = []
    this.#configuration.reset()
  }

  async find({ audience, scopes, subjectToken }: TokenWish): Promise<StepgateToken> {
    this.#issued++
    const { service } = this.#configuration.snapshot
    const expiresInSeconds = 300
    const claims = subjectToken === null ? {} : { sub: subjectOf(subjectToken), act: { sub: service } }
    return {
      accessToken: this.mintToken({ caller: service, audience, scopes, expiresInSeconds, claims }),
      tokenType: 'Bearer',
      expiresAt: new Date(Date.now() + expiresInSeconds * 1000),
      scopes,
    }
  }

  discard(): void {
    // Each call has a new token.
  }

  installationId(): Promise<string> {
    return Promise.resolve(this.#instanceId)
  }

  async getToken(audience: string, options: { readonly scopes?: readonly string[] } = {}): Promise<StepgateToken> {
    requireKnown('getToken', options, ['scopes'])
    const wish: TokenWish = { audience, scopes: options.scopes ?? [], subjectToken: null }
    return this.#tokensFor(wish).find(wish)
  }

  async exchangeToken(exchange: StepgateExchange): Promise<StepgateToken> {
    requireKnown('exchangeToken', exchange, ['subjectToken', 'audience', 'scopes'])
    const { subjectToken, audience, scopes = [] } = exchange
    const wish: TokenWish = { audience, scopes, subjectToken: subjectToken ?? '' } // eslint-disable-line @typescript-eslint/no-unnecessary-condition -- null, of somebody without types, would ask for a token of the service's own
    return this.#tokensFor(wish).find(wish)
  }

  async fetch(input: Parameters<typeof fetch>[0], init: StepgateFetchInit = {}): Promise<Response> {
    requireKnown('fetch', init, FETCH_OPTIONS)
    const problem = problemOf(input, init)
    requireUsable(problem === '', problem)
    return fetchAuthorized(async (wish) => this.#tokensFor(wish), this.#audiences, input, init)
  }

  #tokensFor(wish: TokenWish): TokenSource {
    requireWish(wish)
    return this
  }

  on<Name extends StepgateEventName>(event: Name, listener: (event: StepgateEvents[Name]) => void): () => void {
    return this.#events.on(event, listener)
  }

  status(): StepgateStatus {
    const { epoch, revision, environment, service } = this.#configuration.snapshot
    return {
      state: 'fresh',
      epoch,
      revision,
      environment,
      ageSeconds: 0,
      lastPollAt: null,
      lastError: null,
      routes: this.routes.size,
      queued: this.#queue.size,
      stored: 0,
      dropped: nothingDropped(),
      decisions: this.#queue.counts,
      geoDatabases: [],
      tokens: { issued: this.#issued, failed: 0 },
      instanceId: this.#instanceId,
      workload: service,
    }
  }

  #apply(snapshot: Snapshot): void {
    this.guard.apply(snapshot)
    const { epoch, revision } = snapshot
    this.#events.emit('snapshot', { epoch, revision, source: 'network' })
  }
}

/** A stepgate for tests: of the same type as the real one, and with the means to arrange and to assert. */
export interface TestStepgate extends Stepgate {
  /** An access token that this stepgate trusts, or one with a `problem`. Throws `StepgateUsageError` (`issuer-not-found`). */
  mintToken(options?: TestTokenOptions): string
  /**
   * Changes the mode of an endpoint, `GET /orders/:orderId`, from the next request on; `percent` is 100 unless it is given.
   * Throws `StepgateUsageError` (`endpoint-not-declared`).
   */
  setMode(endpoint: string, mode: Mode, percent?: number): void
  /** Changes what an endpoint requires, from the next request on. Throws `StepgateUsageError` (`endpoint-not-declared`). */
  setRule(endpoint: string, rule: TestRule): void
  /**
   * Replaces the configuration by one that a control plane published: the body of its answer, or the object in it. Its
   * issuers trust `mintToken` from then on. Throws `StepgateUsageError` (`value-unusable`), which names the first value that does not fit.
   */
  load(snapshot: string | Uint8Array | object): void
  /**
   * Decides a request as the guard would, without sending one. Throws `StepgateUsageError` (`endpoint-not-declared`) when the
   * route is neither declared nor registered with the framework.
   */
  decide(request: TestRequest): TestDecision
  /**
   * Throws `StepgateUsageError` (`endpoint-not-routed`) where an endpoint that the configuration declares is no route of the
   * application: a template that is misspelled guards nothing. Call it when the routes were added; where a test loads a part of
   * the service alone, name the endpoints that the part has.
   *
   * @example
   * await stepgate.assertRouted() // all that are declared
   * await stepgate.assertRouted('GET /orders/:orderId')
   */
  assertRouted(...endpoints: readonly string[]): Promise<void>
  /** What was decided since the start or the last `reset()`, oldest first. Endpoints in mode `off` decide nothing. */
  readonly decisions: readonly StepgateDecisionEvent[]
  /** Forgets all decisions and goes back to the configuration it was created with. */
  reset(): void
}
