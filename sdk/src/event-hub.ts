import type { Outcome, Reason, SnapshotState } from '../../lib/policy/vocabulary.ts'
import type { FailureCode, SecurityCode } from './errors.ts'
import { requireUsable, requireWord } from './known-names.ts'
import type { StepgateDecisionEvent } from './guard/decision-event.ts'
import type { Dropped } from './report/decision-queue.ts'

/** A denial, or what would have been one. */
export interface StepgateDenialEvent extends StepgateDecisionEvent {
  /** Why: the first check that failed. */
  readonly reason: Reason
}

/** What `stepgate.on` reports, by the name of the event. */
export interface StepgateEvents {
  /** A configuration was applied. */
  readonly snapshot: {
    /** Changes when the control plane's database was restored or replaced. */
    readonly epoch: string
    /** Number of the configuration within its epoch. */
    readonly revision: number
    /** Where it came from. */
    readonly source: 'network' | 'disk'
  }
  /** The state of the configuration changed. */
  readonly state: {
    /** The state it is in now, see `stepgate.status()`. */
    readonly state: SnapshotState
  }
  /**
   * A request was decided, whatever the outcome; endpoints in mode `off` decide nothing. While somebody listens each allowed
   * request costs about a microsecond more.
   */
  readonly decision: StepgateDecisionEvent
  /** A request was refused. */
  readonly 'decision-denied': StepgateDenialEvent
  /** A request passed that enforcement for everybody would have refused. */
  readonly 'decision-would-deny': StepgateDenialEvent
  /** An attacker or a broken deployment may be behind it. Tell a person. */
  readonly security: {
    /** Which of the codes that the README explains. */
    readonly code: SecurityCode
    /** A sentence for the log, without secrets. */
    readonly message: string
  }
  /** Decisions that could not be kept; the control plane is told as well. */
  readonly drop: Readonly<Dropped>
  /** Something failed in the background. Requests are not affected beyond what `status()` says. */
  readonly error: {
    /** Which of the codes that the README explains. */
    readonly code: FailureCode
    /** A sentence for the log, without secrets. */
    readonly message: string
  }
}

/** Name of an event of `stepgate.on`. */
export type StepgateEventName = keyof StepgateEvents

/** What one line of the log says beside its message. */
export type StepgateLogDetails = Readonly<Record<string, string | number | null>>

/**
 * Writes one line: a message alone, or details and a message, in the order that pino and bunyan take. Details are given for
 * requests that were denied; see the option `logDecisions`.
 */
export type StepgateLog = (detailsOrMessage: StepgateLogDetails | string, message?: string) => void

/** Where the middleware writes what an operator should read. pino fits as it is. */
export interface StepgateLogger {
  /** Something to look at: the control plane is away, a request was denied. */
  readonly warn: StepgateLog
  /** Something to look at now: a `security` event. */
  readonly error: (message: string) => void
  /** Would-be denials, where `logDecisions` is `all`; without it they are written by `warn`. */
  readonly info?: StepgateLog
}

type Listener = (event: never) => void

const NAME_OF_OUTCOME = {
  allowed: 'decision',
  'would-deny': 'decision-would-deny',
  denied: 'decision-denied',
} as const satisfies Record<Outcome, StepgateEventName>

const isDenial = (event: StepgateDecisionEvent): event is StepgateDenialEvent => event.reason !== null

/** Tells listeners and the log. A listener that throws is ignored: nothing of ours may break a request. */
export class EventHub {
  readonly #listeners: Readonly<Record<StepgateEventName, Set<Listener>>> = {
    snapshot: new Set(),
    state: new Set(),
    decision: new Set(),
    'decision-denied': new Set(),
    'decision-would-deny': new Set(),
    security: new Set(),
    drop: new Set(),
    error: new Set(),
  }
  readonly #logger: StepgateLogger
  /** Whether somebody listens to `decision`: looked at by every request. */
  hearsDecisions = false

  constructor(logger: StepgateLogger) {
    this.#logger = logger
  }

  on<Name extends StepgateEventName>(name: Name, listener: (event: StepgateEvents[Name]) => void): () => void {
    requireWord('on', name, Object.keys(this.#listeners))
    requireUsable(typeof listener === 'function', 'on needs a function that listens')
    const listeners = this.#listeners[name]
    const listen = (isListening: boolean): void => {
      if (isListening) listeners.add(listener)
      else listeners.delete(listener)
      this.hearsDecisions = this.#hears('decision')
    }
    listen(true)
    return () => listen(false)
  }

  emit<Name extends StepgateEventName>(name: Name, event: StepgateEvents[Name]): void {
    for (const listener of this.#listeners[name]) {
      try {
        ;(listener as (event: StepgateEvents[Name]) => void)(event) // `on` stored it under this name
      } catch {
        this.log((logger) => logger.warn(`stepgate: a listener of "${name}" threw`))
      }
    }
  }

  /** Tells of a decision those who listen; where nobody does, no event is made. */
  decided(outcome: Outcome, makeEvent: () => StepgateDecisionEvent): void {
    const name = NAME_OF_OUTCOME[outcome]
    if (!this.hearsDecisions && !this.#hears(name)) return
    const event = makeEvent()
    this.emit('decision', event)
    if (name !== 'decision' && isDenial(event)) this.emit(name, event)
  }

  failure(code: FailureCode, message: string): void {
    this.log((logger) => logger.warn(`stepgate: ${code}: ${message}`))
    this.emit('error', { code, message })
  }

  /** Writes to the log of the service. */
  log(write: (logger: StepgateLogger) => void): void {
    try {
      write(this.#logger)
    } catch {
      // A logger that throws has nobody left to tell.
    }
  }

  #hears(name: StepgateEventName): boolean {
    return this.#listeners[name].size > 0
  }
}
