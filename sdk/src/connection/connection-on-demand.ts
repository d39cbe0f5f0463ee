import { codeOf } from '../caught-error.ts'
import { requireWish } from '../client/require-wish.ts'
import type { StepgateToken, TokenSource } from '../client/token-client.ts'
import type { TokenWish } from '../client/token-endpoint.ts'
import { loadPart } from '../config/load-part.ts'
import { StepgateTokenError } from '../errors.ts'
import type { ExplainDecision } from '../guard/explain-decision.ts'
import { CLOSED } from '../guard/refusal.ts'
import type { RefuseDenied } from '../guard/refuse-denied.ts'
import type { SenderProver } from '../sender/sender-prover.ts'
import { variableOf } from '../setting-reader.ts'
import { OPTION_NAMES } from '../settings.ts'
import { NOBODY_TRUSTED, type ToVerifier } from '../token/verifier.ts'
import type { Connection, ConnectionParts } from './connection.ts'

const RETRY_MS = 5_000

/** What is there once the part was loaded: all of it, or nothing. */
interface Connected {
  readonly connection: Connection
  readonly prover: SenderProver
  readonly explain: ExplainDecision
  readonly refuse: RefuseDenied
  readonly toVerifier: ToVerifier
}

/**
 * The connection to the control plane: loaded at the start, beside the service's own. Routes are closed until it brings a
 * configuration, so nothing is decided without it. Where it cannot be loaded that is tried again and told.
 */
export class ConnectionOnDemand {
  readonly #parts: ConnectionParts
  #connected: Connected | null = null
  #loading: Promise<Connected> | null = null
  #timer: NodeJS.Timeout | null = null
  #isTold = false
  #isClosed = false
  #markStarted: () => void = () => undefined
  /** Settles when there is a configuration, or the first attempt brought none. Never rejects. */
  readonly started = new Promise<void>((resolve) => {
    this.#markStarted = resolve
  })

  constructor(parts: ConnectionParts) {
    this.#parts = parts
  }

  /** Null until it is loaded. */
  get current(): Connection | null {
    return this.#connected?.connection ?? null
  }

  /** Null until it is loaded, and there before the first configuration. */
  get prover(): SenderProver | null {
    return this.#connected?.prover ?? null
  }

  readonly explain: ExplainDecision = (facts, binding) => this.#connected?.explain(facts, binding) ?? []

  readonly refuse: RefuseDenied = (...denied) => this.#connected?.refuse(...denied) ?? CLOSED

  readonly toVerifier: ToVerifier = (snapshot) => this.#connected?.toVerifier(snapshot) ?? NOBODY_TRUSTED

  start(): void {
    this.#start()
      .catch((error: unknown) => this.#tryAgain(error))
      .finally(this.#markStarted)
  }

  /** Where tokens come from. Throws for a wish that cannot be meant, and where what connects cannot be loaded. */
  async tokensFor(wish: TokenWish): Promise<TokenSource> {
    requireWish(wish)
    const { connection } = await this.#load().catch((error: unknown) => {
      throw new StepgateTokenError('unavailable', wish.audience, codeOf(error))
    })
    return connection.tokens
  }

  async find(wish: TokenWish): Promise<StepgateToken> {
    return (await this.tokensFor(wish)).find(wish)
  }

  /** Reports what was not reported yet, and stops. */
  async close(deadlineMs: number): Promise<void> {
    this.#isClosed = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#markStarted()
    await this.#loading?.catch(() => undefined)
    await this.current?.close(deadlineMs)
  }

  async #start(): Promise<void> {
    const { connection } = await this.#load()
    if (this.#isClosed) return
    connection.start()
    await connection.poller.started
  }

  #tryAgain(error: unknown): void {
    if (this.#isClosed) return
    if (!this.#isTold)
      this.#parts.events.failure(
        'part-missing',
        `what connects to the control plane cannot be loaded: ${codeOf(error)}`,
      )
    this.#isTold = true
    this.#timer = setTimeout(() => this.start(), RETRY_MS)
    this.#timer.unref()
  }

  /** Loads it once, but again after a failure. */
  #load(): Promise<Connected> {
    this.#loading ??= this.#open().catch((error: unknown) => {
      this.#loading = null
      throw error
    })
    return this.#loading
  }

  async #open(): Promise<Connected> {
    const part = await loadPart(() => import('./connection-part.ts'))
    const { events, settings } = this.#parts
    this.#connected = {
      connection: new part.Connection(this.#parts),
      prover: new part.SenderProver(settings.trustedProxies, settings.sender),
      explain: part.explainDecision,
      refuse: part.refuseDenied,
      toVerifier: part.toVerifier,
    }
    part.logDecisions(events, settings.logDecisions)
    part.warnOfMisspelled(events, OPTION_NAMES.map(variableOf), process.env)
    return this.#connected
  }
}
