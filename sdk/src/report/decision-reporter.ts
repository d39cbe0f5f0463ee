import { fullJitterMs, retryAfterMs } from '../client/backoff.ts'
import type { ControlPlane } from '../client/control-plane.ts'
import { describeAnswer, HttpExchangeError, isHtml, type HttpAnswer } from '../client/http-exchange.ts'
import type { EventHub } from '../event-hub.ts'
import { own, parseJsonObject } from '../token/json-object.ts'
import { splitBatch, toDecisionBatch, type DecisionBatch } from './decision-batch.ts'
import { countDropped, nothingDropped, type DecisionQueue, type Dropped } from './decision-queue.ts'
import type { InstanceReport } from './instance-report.ts'
import { causeOf, messageOf } from '../caught-error.ts'

export interface DecisionReporterParts {
  readonly controlPlane: ControlPlane
  readonly queue: DecisionQueue
  readonly events: EventHub
  readonly describeInstance: () => InstanceReport
  readonly intervalMs: () => number
}

const BATCH_SIZE_MAX = 1_000
const DEADLINE_MS = 15_000
const BYTES_MAX = 1024 * 1024
const RETRY_BASE_MS = 500
const RETRY_CAP_MS = 15_000
const RETRY_AFTER_MAX_MS = 60_000
/** While nothing can be sent, windows grow no longer than this, so that the record keeps its resolution in time. */
const WINDOW_MS_MAX = 60_000

/** A batch that may have been stored is not taken apart or written off at the first refusal, but in the end it is. */
const REFUSALS_OF_UNCERTAIN_MAX = 20

const COUNTERS = ['allowed', 'wouldDeny', 'denied', 'samples'] as const

const monotonicMs = (): number => performance.now()

/** Delivers folded decisions exactly once: one batch is under way at a time and keeps its id until it is acknowledged. */
export class DecisionReporter {
  readonly #parts: DecisionReporterParts
  #batches: DecisionBatch[] = []
  #timer: NodeJS.Timeout | null = null
  #sending: Promise<void> | null = null
  #failures = 0
  /** The batch may have been stored although no answer said so. Only its id keeps it from being counted twice then. */
  #isUncertain = false
  #retryAtMs = 0
  #stored = 0
  #isStopped = false
  #isDraining = false
  readonly #droppedInTotal = nothingDropped()

  constructor(parts: DecisionReporterParts) {
    this.#parts = parts
  }

  /** Signatures that wait to be stored. */
  get queued(): number {
    return this.#batches.reduce((sum, { window }) => sum + window.items.length, this.#parts.queue.size)
  }

  /** Decisions that the control plane has acknowledged. */
  get stored(): number {
    return this.#stored
  }

  /** Everything dropped since the start, whether it was reported yet or not. */
  get dropped(): Readonly<Dropped> {
    const total = { ...this.#droppedInTotal }
    for (const counter of COUNTERS) total[counter] += this.#parts.queue.dropped[counter]
    return total
  }

  start(): void {
    this.#timer = setTimeout(() => {
      this.#flush(true).catch((error: unknown) => this.#parts.events.failure('report-failed', messageOf(error)))
      if (!this.#isStopped) this.start()
    }, this.#parts.intervalMs())
    this.#timer.unref()
  }

  /** Sends what there is, trying again until everything is stored or the time is over. Keeps the process running meanwhile. */
  async drain(deadlineMs: number): Promise<void> {
    this.#isDraining = true
    this.#retryAtMs = 0
    const endMs = monotonicMs() + deadlineMs
    while (this.#hasWork() && monotonicMs() < endMs) {
      await withinMs(this.#flush(false), endMs - monotonicMs())
      const pauseMs = Math.min(this.#retryAtMs, endMs) - monotonicMs()
      if (pauseMs > 0 && this.#hasWork()) await withinMs(new Promise(() => undefined), pauseMs)
    }
    this.#isDraining = false
  }

  /** Drains, and sends nothing from then on. */
  async stop(deadlineMs: number): Promise<void> {
    this.#isStopped = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    await this.drain(deadlineMs)
  }

  #hasWork(): boolean {
    return this.queued > 0 || isAnyDropped(this.#parts.queue.dropped)
  }

  /** Sends everything once; stops at the first failure. */
  async #flush(isBackground: boolean): Promise<void> {
    this.#sealWhenDue()
    if (monotonicMs() < this.#retryAtMs) return
    this.#sending ??= this.#sendAll(isBackground).finally(() => {
      this.#sending = null
    })
    await this.#sending
  }

  #sealWhenDue(): void {
    const { queue } = this.#parts
    const isWaiting = this.#batches.length > 0 || queue.hasSealed
    const openForMs = queue.openSinceMs === null ? 0 : Date.now() - queue.openSinceMs
    if (!isWaiting || this.#isDraining || openForMs >= WINDOW_MS_MAX) queue.seal(Date.now())
  }

  async #sendAll(isBackground: boolean): Promise<void> {
    for (let batch = this.#next(true); batch !== null; batch = this.#next(false)) {
      const answer = await this.#send(batch, isBackground)
      if (answer === null || !this.#settle(batch, answer)) return
    }
  }

  /** Dropped counts alone are worth one batch, at the beginning of a flush. */
  #next(mayBeEmpty: boolean): DecisionBatch | null {
    const head = this.#batches[0]
    if (head !== undefined) return head
    const { queue, describeInstance } = this.#parts
    const nowMs = Date.now()
    const window =
      queue.shift(BATCH_SIZE_MAX) ??
      (mayBeEmpty && isAnyDropped(queue.dropped) ? { fromMs: nowMs, toMs: nowMs, items: [] } : null)
    if (window === null) return null
    const batch = toDecisionBatch(window, this.#takeDropped(), describeInstance())
    this.#batches = [batch]
    return batch
  }

  #takeDropped(): Dropped {
    const dropped = this.#parts.queue.takeDropped()
    for (const counter of COUNTERS) this.#droppedInTotal[counter] += dropped[counter]
    if (isAnyDropped(dropped)) this.#parts.events.emit('drop', dropped)
    return dropped
  }

  /** Counts that the control plane was to be told of go back, to be told with another batch. */
  #returnDropped(dropped: Readonly<Dropped>): void {
    for (const counter of COUNTERS) this.#droppedInTotal[counter] -= dropped[counter]
    this.#addDropped(dropped)
  }

  /** Counts as dropped what could not be delivered after all. */
  #addDropped(lost: Readonly<Dropped>): void {
    for (const counter of COUNTERS) this.#parts.queue.dropped[counter] += lost[counter]
  }

  async #send(batch: DecisionBatch, isBackground: boolean): Promise<HttpAnswer | null> {
    try {
      return await this.#parts.controlPlane.call({
        method: 'POST',
        path: '/v1/decisions',
        json: batch.json,
        deadlineMs: DEADLINE_MS,
        bytesMax: BYTES_MAX,
        isBackground,
      })
    } catch (error) {
      this.#isUncertain ||= error instanceof HttpExchangeError && error.message !== 'ECONNREFUSED'
      this.#postpone(causeOf(error), null)
      return null
    }
  }

  /** True when the batch is done with, for better or worse. */
  #settle(batch: DecisionBatch, answer: HttpAnswer): boolean {
    const { status } = answer
    const isFine = status >= 200 && status < 300
    if (isFine && isReceipt(answer, batch)) return this.#acknowledge(batch, answer)
    // A proxy may find a batch too large; what is wrong with its content the control plane alone can say.
    const isRefusal = status === 413 || ((status === 400 || status === 422) && !isHtml(answer))
    if (isRefusal && (!this.#isUncertain || this.#failures >= REFUSALS_OF_UNCERTAIN_MAX))
      return status === 413 ? this.#halve(batch) : this.#giveUp(batch, `status ${String(status)}`)
    this.#isUncertain ||= status >= 500 || isFine
    this.#postpone(describeAnswer(answer), retryAfterMs(answer.headers['retry-after'], RETRY_AFTER_MAX_MS))
    return false
  }

  #acknowledge(batch: DecisionBatch, answer: HttpAnswer): true {
    const refused = refusedItems(batch, answer)
    const lost = nothingDropped()
    for (const item of refused) countDropped(lost, item)
    if (refused.length > 0)
      this.#parts.events.failure(
        'decisions-refused',
        `${String(refused.length)} items of a batch were refused by the control plane`,
      )
    this.#addDropped(lost)
    this.#stored +=
      batch.window.items.reduce((sum, { count }) => sum + count, 0) - refused.reduce((sum, { count }) => sum + count, 0)
    this.#dismiss()
    return true
  }

  #dismiss(): void {
    this.#failures = 0
    this.#isUncertain = false
    this.#batches.shift()
  }

  #halve(batch: DecisionBatch): boolean {
    const halves = splitBatch(batch, this.#parts.describeInstance())
    if (halves === null) return this.#giveUp(batch, 'it is too large')
    this.#dismiss()
    this.#batches.unshift(...halves)
    return true
  }

  /** A batch that is refused as a whole was not stored, and sending it again would be refused again. */
  #giveUp(batch: DecisionBatch, reason: string): true {
    const lost = nothingDropped()
    for (const item of batch.window.items) countDropped(lost, item)
    this.#addDropped(lost)
    this.#returnDropped(batch.dropped)
    this.#parts.events.failure('decisions-refused', `a batch was refused by the control plane: ${reason}`)
    this.#dismiss()
    this.#retryAtMs = monotonicMs() + RETRY_BASE_MS
    return true
  }

  #postpone(reason: string, afterMs: number | null): void {
    if (this.#failures === 0) this.#parts.events.failure('report-failed', `decisions cannot be reported: ${reason}`)
    this.#retryAtMs = monotonicMs() + (afterMs ?? fullJitterMs(this.#failures, RETRY_BASE_MS, RETRY_CAP_MS))
    this.#failures++
  }
}

const isAnyDropped = (dropped: Readonly<Dropped>): boolean => COUNTERS.some((counter) => dropped[counter] > 0)

/** Waits for it, but no longer than this. */
async function withinMs(promise: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise((resolve) => {
    timer = setTimeout(resolve, Math.max(0, ms))
  })
  await Promise.race([promise, timeout])
  clearTimeout(timer)
}

/** Anybody may answer 200; that something is stored the control plane says by the name of the batch. */
const isReceipt = ({ body }: HttpAnswer, { id }: DecisionBatch): boolean =>
  own(parseJsonObject(body) ?? {}, 'batchId') === id

/** The items a receipt names by their pointer, `/signatures/3/route`. */
function refusedItems({ window }: DecisionBatch, answer: HttpAnswer): typeof window.items {
  const refused = own(parseJsonObject(answer.body) ?? {}, 'refused')
  if (!Array.isArray(refused)) return []
  const pointers = refused.map((entry: unknown) =>
    typeof entry === 'object' && entry !== null ? (entry as { pointer?: unknown }).pointer : undefined,
  )
  const indexes = new Set(
    pointers
      .map((pointer) => /^\/signatures\/(\d{1,6})(?:\/|$)/.exec(String(pointer))?.[1])
      .filter((index) => index !== undefined),
  )
  return [...indexes].map((index) => window.items[Number(index)]).filter((item) => item !== undefined)
}
