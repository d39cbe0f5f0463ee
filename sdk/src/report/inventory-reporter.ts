import { fullJitterMs } from '../client/backoff.ts'
import type { ControlPlane } from '../client/control-plane.ts'
import { describeAnswer, isHtml } from '../client/http-exchange.ts'
import type { EventHub } from '../event-hub.ts'
import type { RouteTable } from '../guard/route-table.ts'
import type { InstanceReport } from './instance-report.ts'
import { causeOf } from '../caught-error.ts'

export interface InventoryReporterParts {
  readonly controlPlane: ControlPlane
  readonly routes: RouteTable
  readonly events: EventHub
  readonly describeInstance: () => InstanceReport
}

const DEBOUNCE_MS = 250
const DEADLINE_MS = 10_000
const BYTES_MAX = 256 * 1024
const ENDPOINTS_MAX = 5_000
const RETRY_BASE_MS = 1_000
const RETRY_CAP_MS = 30_000

/** Tells the control plane which routes there are: after the start, after each change, and again until it is acknowledged. */
export class InventoryReporter {
  readonly #parts: InventoryReporterParts
  #timer: NodeJS.Timeout | null = null
  #isSending = false
  #announcements = 0
  #isStopped = false
  #failures = 0

  constructor(parts: InventoryReporterParts) {
    this.#parts = parts
  }

  /** Routes changed. Many changes at once become one report. */
  announce(): void {
    this.#announcements++
    if (!this.#isSending) this.#schedule(DEBOUNCE_MS)
  }

  stop(): void {
    this.#isStopped = true
    if (this.#timer !== null) clearTimeout(this.#timer)
  }

  #schedule(delayMs: number): void {
    if (this.#isStopped) return
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#send(), delayMs)
    this.#timer.unref()
  }

  async #send(): Promise<void> {
    this.#isSending = true
    const announcements = this.#announcements
    const isStored = await this.#put()
    this.#isSending = false
    this.#failures = isStored ? 0 : this.#failures + 1
    if (!isStored) this.#schedule(fullJitterMs(this.#failures, RETRY_BASE_MS, RETRY_CAP_MS))
    else if (this.#announcements !== announcements) this.#schedule(DEBOUNCE_MS)
  }

  async #put(): Promise<boolean> {
    const { controlPlane, routes, events, describeInstance } = this.#parts
    const endpoints = routes.list()
    if (endpoints.length > ENDPOINTS_MAX)
      events.failure(
        'inventory-cut',
        `only ${String(ENDPOINTS_MAX)} of ${String(endpoints.length)} routes are reported`,
      )
    const json = JSON.stringify({ instance: describeInstance(), endpoints: endpoints.slice(0, ENDPOINTS_MAX) })
    try {
      const answer = await controlPlane.call({
        method: 'PUT',
        path: '/v1/inventory',
        json,
        deadlineMs: DEADLINE_MS,
        bytesMax: BYTES_MAX,
        isBackground: true,
      })
      if (answer.status >= 200 && answer.status < 300 && !isHtml(answer)) return true
      if (this.#failures === 0)
        events.failure('inventory-failed', `routes cannot be reported: ${describeAnswer(answer)}`)
    } catch (error) {
      if (this.#failures === 0) events.failure('inventory-failed', `routes cannot be reported: ${causeOf(error)}`)
    }
    return false
  }
}
