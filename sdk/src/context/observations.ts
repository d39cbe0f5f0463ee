import { NO_CONTEXT, type Context, type RecordedContext } from '../../../lib/policy/decision.ts'
import type { DeviceStanding } from '../../../lib/policy/vocabulary.ts'
import { listSignals, type SignalBits } from './signal-set.ts'

/** What was seen around a request, for its facts and for its signature. The same object for the same contents. */
export interface Observation {
  readonly context: Context
  readonly recorded: RecordedContext | null
}

const NO_CONDITIONS: readonly string[] = Object.freeze([])
const OBSERVATIONS_MAX = 4_096

const NOT_RECORDED: Observation = { context: NO_CONTEXT, recorded: null }

/** Observations by their contents, so that memos can tell them apart by identity. */
export class Observations {
  readonly #known = new Map<string, Observation>()

  observe(
    country: string | null,
    autonomousSystem: number | null,
    device: DeviceStanding,
    bits: SignalBits,
    isRecorded: boolean,
  ): Observation {
    if (!isRecorded) return NOT_RECORDED
    const key = `${String(country)} ${String(autonomousSystem)} ${device} ${String(bits)}`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const facts = { country, autonomousSystem, device, signals: listSignals(bits) }
    const observation = {
      context: Object.freeze({ ...NO_CONTEXT, ...facts }),
      recorded: { ...facts, conditionsMet: NO_CONDITIONS, conditionsUnmet: NO_CONDITIONS },
    }
    if (this.#known.size >= OBSERVATIONS_MAX) this.#known.clear()
    this.#known.set(key, observation)
    return observation
  }
}
