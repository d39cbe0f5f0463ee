import type { Condition } from '../../../lib/condition/compile-condition.ts'
import type { Snapshot } from '../../../lib/policy/snapshot.ts'
import { messageOf } from '../caught-error.ts'
import type { EventHub } from '../event-hub.ts'
import { loadPart } from '../config/load-part.ts'

/** What reads conditions, and puts values into the form they ask for. */
export type ConditionEngine = Omit<typeof import('./condition-engine.ts'), 'SDK_VERSION'>

const hasCondition = ({ endpoints }: Snapshot): boolean =>
  endpoints.some(({ rule }) => rule.requirements.some(({ kind }) => kind === 'condition'))

/** Reads the conditions of rules. What reads them is loaded with the first configuration that has one. */
export class ConditionCompiler {
  readonly #events: EventHub
  #engine: ConditionEngine | null

  constructor(events: EventHub, engine: ConditionEngine | null = null) {
    this.#events = events
    this.#engine = engine
  }

  get engine(): ConditionEngine | null {
    return this.#engine
  }

  /** Settles when the conditions of this configuration can be compiled. Never rejects: without the engine none of them holds. */
  async prepare(snapshot: Snapshot): Promise<void> {
    if (this.#engine !== null || !hasCondition(snapshot)) return
    try {
      this.#engine = await loadPart(() => import('./condition-engine.ts'))
    } catch (error) {
      this.#events.failure('condition-unusable', `conditions cannot be read, so none holds: ${messageOf(error)}`)
    }
  }

  /** Null for a condition that cannot be compiled, which never holds. */
  compile(expression: string): Condition | null {
    try {
      return this.#engine?.compileCondition(expression) ?? null
    } catch (error) {
      this.#events.failure('condition-unusable', `a condition cannot be read, so it does not hold: ${messageOf(error)}`)
      return null
    }
  }
}
