import type { Reason, SnapshotState } from '../../lib/policy/vocabulary.ts'

/** Something that an attacker or a broken deployment may be behind. Tell a person. */
export type SecurityCode =
  | 'snapshot-unsigned'
  | 'snapshot-foreign'
  | 'snapshot-older'
  | 'snapshot-conflict'
  | 'epoch-changed'
  | 'credential-refused'

/** What `stepgate.on` reports. */
export interface StepgateEvents {
  /** A configuration was applied. */
  readonly snapshot: { readonly epoch: string; readonly revision: number; readonly source: 'network' | 'disk' }
  /** The state of the configuration changed. */
  readonly state: { readonly state: SnapshotState }
  /** A request was refused. */
  readonly 'decision-denied': {
    readonly decisionId: string
    readonly method: string
    readonly route: string
    readonly caller: string | null
    readonly reason: Reason
  }
  readonly security: { readonly code: SecurityCode; readonly message: string }
  /** Counts that could not be kept; they are reported as dropped to the control plane too. */
  readonly drop: {
    readonly allowed: number
    readonly wouldDeny: number
    readonly denied: number
    readonly samples: number
  }
  /** Something failed in the background. Requests are not affected beyond what `status()` says. */
  readonly error: { readonly code: string; readonly message: string }
}

export type StepgateEventName = keyof StepgateEvents

/** Where the middleware writes what an operator should read. `console` and pino fit. */
export interface StepgateLogger {
  warn(message: string): void
  error(message: string): void
  info?(message: string): void
}

type Listener = (event: never) => void

/** Tells listeners and the log. A listener that throws is ignored: nothing of ours may break a request. */
export class EventHub {
  readonly #listeners = new Map<StepgateEventName, Set<Listener>>()
  readonly #logger: StepgateLogger

  constructor(logger: StepgateLogger) {
    this.#logger = logger
  }

  on<Name extends StepgateEventName>(name: Name, listener: (event: StepgateEvents[Name]) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set()
    this.#listeners.set(name, listeners.add(listener))
    return () => listeners.delete(listener)
  }

  emit<Name extends StepgateEventName>(name: Name, event: StepgateEvents[Name]): void {
    for (const listener of this.#listeners.get(name) ?? []) {
      try {
        ;(listener as (event: StepgateEvents[Name]) => void)(event) // `on` stored it under this name
      } catch {
        this.#log('warn', `a listener of "${name}" threw`)
      }
    }
  }

  security(code: SecurityCode, message: string): void {
    this.#log('error', `${code}: ${message}`)
    this.emit('security', { code, message })
  }

  failure(code: string, message: string): void {
    this.#log('warn', `${code}: ${message}`)
    this.emit('error', { code, message })
  }

  info(message: string): void {
    this.#log('info', message)
  }

  #log(level: 'info' | 'warn' | 'error', message: string): void {
    try {
      this.#logger[level]?.(`stepgate: ${message}`)
    } catch {
      // A logger that throws has nobody left to tell.
    }
  }
}
