import { SNAPSHOT_BYTES_MAX, type Snapshot } from '../../../lib/policy/snapshot.ts'
import type { SnapshotState } from '../../../lib/policy/vocabulary.ts'
import { betweenMs, fullJitterMs, retryAfterMs } from '../client/backoff.ts'
import type { ControlPlane } from '../client/control-plane.ts'
import { describeAnswer, isHtml, type HttpAnswer } from '../client/http-exchange.ts'
import { causeOf, codeOf } from '../caught-error.ts'
import type { EventHub } from '../event-hub.ts'
import type { ConfigKey } from '../settings.ts'
import { acceptSnapshot, type SignedSnapshot, type SnapshotCandidate } from './accept-snapshot.ts'
import { raiseAlarm } from './raise-alarm.ts'
import type { SnapshotDisk } from './snapshot-disk.ts'

export interface SnapshotPollerParts {
  readonly controlPlane: ControlPlane
  readonly disk: SnapshotDisk | null
  readonly events: EventHub
  readonly service: string
  readonly configKeys: readonly ConfigKey[]
  /** Waited for before a snapshot is applied; one for which it rejects is not. */
  readonly prepare: (snapshot: Snapshot) => Promise<void>
  /** Called with each snapshot before it counts as applied. */
  readonly apply: (snapshot: Snapshot) => void
}

const DEADLINE_MARGIN_MS = 10_000
const RETRY_BASE_MS = 500
const RETRY_CAP_MS = 15_000
const RETRY_AFTER_MAX_MS = 60_000
const REFUSED_RETRY_MS = [150_000, 300_000] as const
const POLL_DEFAULT: Snapshot['poll'] = { waitSeconds: 25, intervalSeconds: 15 }
/** An answer that comes sooner than this share of the wait was not held, so the next poll must not follow at once. */
const HELD_SHARE = 0.5

const monotonicMs = (): number => performance.now()

/** What keeps a poll from being answered with a configuration. */
type PollFailure = 'unavailable' | 'refused'

/**
 * Keeps the configuration current. One poll is under way at a time; whatever comes of it, the last good configuration stays,
 * and there is always a next poll.
 */
export class SnapshotPoller {
  readonly #parts: SnapshotPollerParts
  readonly #stop = new AbortController()
  #current: SignedSnapshot | null = null
  #source: 'network' | 'disk' | null = null
  #etag: string | null = null
  #failures = 0
  #lastPollAtMs: number | null = null
  #lastSuccessAt: number | null = null
  #timer: NodeJS.Timeout | null = null
  #lastState: SnapshotState = 'closed'
  #lastError: string | null = null
  #markStarted: () => void = () => undefined
  /** Settles when there is a configuration, or the first poll brought none. Never rejects. */
  readonly started = new Promise<void>((resolve) => {
    this.#markStarted = resolve
  })

  constructor(parts: SnapshotPollerParts) {
    this.#parts = parts
  }

  get snapshot(): Snapshot | null {
    return this.#current?.snapshot ?? null
  }

  get lastPollAt(): Date | null {
    return this.#lastPollAtMs === null ? null : new Date(this.#lastPollAtMs)
  }

  get lastError(): string | null {
    return this.#lastError
  }

  /** Seconds since the control plane last confirmed the configuration; null when it never did. */
  get ageSeconds(): number | null {
    return this.#lastSuccessAt === null ? null : (monotonicMs() - this.#lastSuccessAt) / 1000
  }

  get state(): SnapshotState {
    if (this.#current === null) return 'closed'
    if (this.#source === 'disk') return 'static'
    const { waitSeconds, intervalSeconds } = this.#current.snapshot.poll
    const isOverdue = (this.ageSeconds ?? Infinity) > waitSeconds + 2 * intervalSeconds + DEADLINE_MARGIN_MS / 1000
    return isOverdue || this.#failures > 0 ? 'stale' : 'fresh'
  }

  start(): void {
    void this.#boot()
  }

  stop(): void {
    this.#stop.abort()
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#markStarted()
  }

  #isStopped(): boolean {
    return this.#stop.signal.aborted
  }

  async #boot(): Promise<void> {
    await this.#loadDiskCopy()
    await this.#pollOnce()
    this.#markStarted()
  }

  async #loadDiskCopy(): Promise<void> {
    const { disk, events } = this.#parts
    try {
      const copy = (await disk?.read()) ?? null
      if (copy !== null && !this.#isStopped() && (await this.#tryApply(copy, 'disk'))) this.#markStarted()
    } catch (error) {
      events.failure('disk-unreadable', `the copy of the configuration cannot be read: ${codeOf(error)}`)
    }
    this.#tellState()
  }

  async #pollOnce(): Promise<void> {
    if (this.#isStopped()) return
    const begunAtMs = monotonicMs()
    const delayMs = await this.#poll(begunAtMs).catch((error: unknown) =>
      // Of the token, which is got on the way.
      this.#fail(codeOf(error) === 'refused' ? 'refused' : 'unavailable', causeOf(error)),
    )
    this.#tellState()
    if (this.#isStopped()) return
    this.#timer = setTimeout(() => void this.#pollOnce(), delayMs)
    this.#timer.unref()
  }

  /** Answers how long to wait before the next poll. */
  async #poll(begunAtMs: number): Promise<number> {
    const { waitSeconds } = this.#pace
    // Without a configuration nothing is there to wait for, and a service that starts must not hang on a silent peer.
    const waits = this.#etag !== null && waitSeconds > 0
    this.#lastPollAtMs = Date.now()
    const answer = await this.#parts.controlPlane.call({
      method: 'GET',
      path: '/v1/config',
      headers: {
        ...(this.#etag === null ? {} : { 'if-none-match': this.#etag }),
        ...(waits ? { prefer: `wait=${String(waitSeconds)}` } : {}),
      },
      deadlineMs: (waits ? waitSeconds * 1000 : 0) + DEADLINE_MARGIN_MS,
      bytesMax: SNAPSHOT_BYTES_MAX,
      isBackground: true,
      signal: this.#stop.signal,
    })
    return this.#read(answer, waits && monotonicMs() - begunAtMs >= waitSeconds * 1000 * HELD_SHARE)
  }

  get #pace(): Snapshot['poll'] {
    return this.#current?.snapshot.poll ?? POLL_DEFAULT
  }

  async #read(answer: HttpAnswer, wasHeld: boolean): Promise<number> {
    if (answer.status === 304 && this.#etag !== null) return this.#succeed(wasHeld)
    if (answer.status === 200) return this.#readSnapshot(answer)
    const isRefusal = (answer.status === 401 || answer.status === 403) && !isHtml(answer)
    const delayMs = this.#fail(isRefusal ? 'refused' : 'unavailable', describeAnswer(answer))
    if (isRefusal) return delayMs
    return retryAfterMs(answer.headers['retry-after'], RETRY_AFTER_MAX_MS) ?? delayMs
  }

  async #readSnapshot(answer: HttpAnswer): Promise<number> {
    if (!(await this.#tryApply({ body: answer.body, signatures: answer.headers['stepgate-signature'] }, 'network')))
      return this.#fail('unavailable', 'the configuration was not accepted')
    this.#etag = answer.headers['etag'] ?? null
    this.#succeed(true)
    // The next poll goes out at once and says what is applied: that is the confirmation.
    return this.#etag === null ? this.#pace.intervalSeconds * 1000 : 0
  }

  async #tryApply(candidate: SnapshotCandidate, source: 'network' | 'disk'): Promise<boolean> {
    const { events, service, configKeys } = this.#parts
    const acceptance = acceptSnapshot(candidate, this.#current, service, configKeys)
    if ('refused' in acceptance) {
      const message = `a configuration from ${source === 'disk' ? 'disk' : 'the network'} was refused: ${acceptance.detail}`
      if (acceptance.refused === 'snapshot-invalid') events.failure(acceptance.refused, message)
      else raiseAlarm(events, acceptance.refused, message)
      return false
    }
    if (acceptance.changesEpoch)
      raiseAlarm(events, 'epoch-changed', 'the control plane starts a new epoch: its database was restored or replaced')
    if (!(await this.#isPrepared(acceptance.accepted.snapshot)) || this.#isStopped()) return false
    this.#adopt(acceptance.accepted, source)
    return true
  }

  async #isPrepared(snapshot: Snapshot): Promise<boolean> {
    try {
      await this.#parts.prepare(snapshot)
      return true
    } catch (error) {
      const { events } = this.#parts
      events.failure('part-missing', `the configuration needs a part that cannot be loaded: ${codeOf(error)}`)
      return false
    }
  }

  #adopt(accepted: SignedSnapshot, source: 'network' | 'disk'): void {
    const { events, apply, disk } = this.#parts
    const { epoch, revision } = accepted.snapshot
    const isNew = this.#current === null || !accepted.body.equals(this.#current.body)
    if (isNew) apply(accepted.snapshot)
    this.#current = accepted
    this.#source = source
    if (!isNew) return
    events.emit('snapshot', { epoch, revision, source })
    if (source === 'network')
      disk
        ?.write(accepted)
        .catch((error: unknown) =>
          events.failure('disk-unwritable', `the configuration runs from memory only: ${codeOf(error)}`),
        )
  }

  #succeed(wasHeld: boolean): number {
    this.#failures = 0
    this.#lastError = null
    this.#source = 'network'
    this.#lastSuccessAt = monotonicMs()
    const intervalMs = this.#pace.intervalSeconds * 1000
    return wasHeld ? betweenMs(0, 50) : betweenMs(0.8 * intervalMs, 1.2 * intervalMs)
  }

  #fail(failure: PollFailure, cause: string): number {
    if (this.#isStopped()) return 0
    const { events, controlPlane } = this.#parts
    const message = `${cause} (${controlPlane.origin})`
    this.#lastError = message
    if (failure === 'refused') {
      raiseAlarm(
        events,
        'credential-refused',
        `the control plane refuses this service's credential: ${message}; ${this.#outlook}`,
      )
      this.#failures++
      return betweenMs(...REFUSED_RETRY_MS)
    }
    if (this.#failures === 0)
      events.failure('poll-failed', `the configuration cannot be polled: ${message}; ${this.#outlook}`)
    return fullJitterMs(this.#failures++, RETRY_BASE_MS, Math.min(RETRY_CAP_MS, this.#pace.intervalSeconds * 1000))
  }

  get #outlook(): string {
    return this.#current === null
      ? 'without a configuration guarded routes answer 503'
      : 'the last configuration stays in force'
  }

  #tellState(): void {
    const { state } = this
    if (state === this.#lastState) return
    this.#lastState = state
    this.#parts.events.emit('state', { state })
  }
}
