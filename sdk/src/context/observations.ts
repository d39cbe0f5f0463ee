import type { RecordedContext } from '../../../lib/policy/decision.ts'

const OBSERVATIONS_MAX = 4_096

/** Recorded contexts by their contents: the same object for the same contents, so that memos can tell them apart by identity. */
export class Observations {
  readonly #known = new Map<string, RecordedContext>()

  intern(context: RecordedContext): RecordedContext {
    const key = JSON.stringify(context)
    const known = this.#known.get(key)
    if (known !== undefined) return known
    if (this.#known.size >= OBSERVATIONS_MAX) this.#known.clear()
    this.#known.set(key, context)
    return context
  }
}
