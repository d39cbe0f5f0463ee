import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isMissing, messageOf } from '../caught-error.ts'
import type { EventHub } from '../event-hub.ts'
import { replaceFile } from '../replace-file.ts'
import { SeenMemory } from './seen-memory.ts'

const SAVE_INTERVAL_MS = 30_000

/**
 * Keeps on disk what was seen, so that a restart makes nobody new. Processes that share the folder add to one file. Losing
 * it costs no more than signals that are raised once again.
 */
export class SeenFile {
  readonly #memory: SeenMemory
  readonly #file: string
  readonly #events: EventHub
  readonly #timer: NodeJS.Timeout
  #saving = Promise.resolve()

  constructor(memory: SeenMemory, stateDir: string, clientId: string, events: EventHub) {
    this.#memory = memory
    this.#file = join(stateDir, `stepgate-${encodeURIComponent(clientId)}.seen`)
    this.#events = events
    this.#open()
    this.#timer = setInterval(() => void this.save(), SAVE_INTERVAL_MS)
    this.#timer.unref()
  }

  /** Never rejects. One save is under way at a time. */
  save(): Promise<void> {
    this.#saving = this.#saving.then(() => this.#save())
    return this.#saving
  }

  close(): Promise<void> {
    clearInterval(this.#timer)
    return this.save()
  }

  /** At the start of the process, when there is no request to keep waiting. */
  #open(): void {
    try {
      this.#memory.merge(readFileSync(this.#file, 'latin1'))
    } catch (error) {
      if (!isMissing(error))
        this.#events.failure('disk-unreadable', `what was seen before cannot be read: ${messageOf(error)}`)
    }
  }

  async #save(): Promise<void> {
    if (!this.#memory.hasNews) return
    this.#memory.hasNews = false
    try {
      this.#memory.merge(await readFile(this.#file, 'latin1').catch(() => ''))
      await replaceFile(this.#file, this.#memory.toText())
    } catch (error) {
      this.#memory.hasNews = true
      this.#events.failure('disk-unwritable', `what was seen is kept in memory only: ${messageOf(error)}`)
    }
  }
}
