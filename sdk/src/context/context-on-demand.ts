import type { Snapshot } from '../../../lib/policy/snapshot.ts'
import type { EventHub } from '../event-hub.ts'
import { loadPart } from '../config/load-part.ts'
import type { Settings } from '../settings.ts'
import type { ContextReader } from './context-reader.ts'
import type { ContextRuntime } from './context-runtime.ts'
import type { GeoDatabaseStatus } from './geo-database.ts'

/** Kinds of requirements that the token and its sender answer; all others look at what surrounds the request. */
const ANSWERED_BY_TOKEN: readonly string[] = ['scopes', 'max-token-age', 'sender-constraint', 'unknown']

/** Whether the requests of some endpoint have to be looked at besides their tokens. */
export const asksForContext = ({ endpoints }: Snapshot): boolean =>
  endpoints.some(({ rule }) => rule.requirements.some(({ kind }) => !ANSWERED_BY_TOKEN.includes(kind)))

/**
 * What looks at the surroundings of requests: loaded at the start where the settings ask for it, otherwise before the first
 * configuration that does is applied.
 */
export class ContextOnDemand {
  readonly #settings: Settings
  readonly #events: EventHub
  #runtime: ContextRuntime | null = null
  #loading: Promise<void> | null = null
  #isClosed = false

  constructor(settings: Settings, events: EventHub) {
    this.#settings = settings
    this.#events = events
  }

  /** Null as long as nothing asks for it. */
  get reader(): ContextReader | null {
    return this.#runtime?.reader ?? null
  }

  get geoDatabases(): GeoDatabaseStatus[] {
    const unread = { type: null, builtAt: null, error: null }
    return this.#runtime?.geoDatabases ?? this.#settings.geoDatabases.map((path) => ({ path, ...unread }))
  }

  start(): void {
    // What fails here is tried again, and told, with the first configuration.
    if (this.#isSetUp) this.#load().catch(() => undefined)
  }

  /** Settles when requests can be decided by this configuration. Rejects when what looks at their surroundings cannot be loaded. */
  async prepare(snapshot: Snapshot): Promise<void> {
    if (this.#isSetUp || asksForContext(snapshot)) await this.#load()
    await this.#runtime?.conditions.prepare(snapshot)
  }

  async flush(): Promise<void> {
    await this.#runtime?.flush()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#runtime?.close()
  }

  get #isSetUp(): boolean {
    const { geo, geoDatabases, contextSignals } = this.#settings
    return geo !== null || geoDatabases.length > 0 || contextSignals === 'all'
  }

  /** Loads it once, but again after a failure. */
  #load(): Promise<void> {
    this.#loading ??= this.#open().catch((error: unknown) => {
      this.#loading = null
      throw error
    })
    return this.#loading
  }

  async #open(): Promise<void> {
    const { ContextRuntime } = await loadPart(() => import('./context-runtime.ts'))
    if (!this.#isClosed) this.#runtime = new ContextRuntime(this.#settings, this.#events)
  }
}
