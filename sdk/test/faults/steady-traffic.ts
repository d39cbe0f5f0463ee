import { Agent, get, type IncomingMessage } from 'node:http'
import type { SeededRandom } from '../seeded-random.ts'

/** How the control plane stood when a request was sent. */
export const PHASES = ['up', 'away', 'starting'] as const
export type Phase = (typeof PHASES)[number]

export interface TrafficSettings {
  readonly port: number
  readonly requestsPerSecond: number
  readonly random: SeededRandom
  /** A token that carries `orders:read` for this service, valid now. */
  readonly token: () => string
  readonly phase: () => Phase
}

interface PlannedRequest {
  readonly path: string
  readonly token: 'good' | 'forged' | 'none'
  readonly status: number
}

/** One of each decision, and what must come of it whatever happens to the control plane. */
const PLAN: readonly PlannedRequest[] = [
  { path: '/orders/42', token: 'good', status: 200 },
  { path: '/orders/43?x=1', token: 'good', status: 200 },
  { path: '/orders/42', token: 'none', status: 401 },
  { path: '/orders/42', token: 'forged', status: 401 },
  { path: '/admin/users', token: 'good', status: 403 },
  { path: '/trial', token: 'good', status: 200 },
  { path: '/trial', token: 'none', status: 200 },
  { path: '/off', token: 'none', status: 200 },
]

/** Until then code is compiled and connections are opened; requests are judged, and not timed. */
const WARM_AFTER_MS = 2_000
const TICK_MS = 5
const TIMEOUT_MS = 5_000

const spoil = (token: string): string => `${token.slice(0, -6)}${token.endsWith('AAAAAA') ? 'BBBBBB' : 'AAAAAA'}`

/** Requests at a steady rate that does not wait for answers, each judged by its status. */
export class SteadyTraffic {
  readonly #settings: TrafficSettings
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 })
  readonly latenciesMs: Readonly<Record<Phase, number[]>> = { up: [], away: [], starting: [] }
  readonly wrong: string[] = []
  readonly failed: string[] = []
  sent = 0
  #answered = 0
  #warmAtMs = Infinity
  #timer: NodeJS.Timeout | null = null

  constructor(settings: TrafficSettings) {
    this.#settings = settings
  }

  start(): void {
    const startedAtMs = performance.now()
    this.#warmAtMs = startedAtMs + WARM_AFTER_MS
    this.#timer = setInterval(() => {
      const due = ((performance.now() - startedAtMs) / 1_000) * this.#settings.requestsPerSecond
      while (this.sent < due) this.#send(this.#settings.random.pick(PLAN))
    }, TICK_MS)
  }

  /** Settles when everything that was sent is answered, or has failed. */
  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer)
    while (this.#answered + this.failed.length < this.sent) await new Promise((resolve) => setTimeout(resolve, TICK_MS))
    this.#agent.destroy()
  }

  #send(planned: PlannedRequest): void {
    const { port, token, phase } = this.#settings
    const good = planned.token === 'none' ? '' : token()
    const headers = good === '' ? {} : { authorization: `Bearer ${planned.token === 'good' ? good : spoil(good)}` }
    const [phaseAtStart, startedAtMs] = [phase(), performance.now()]
    const name = `${planned.path} with ${planned.token} token while ${phaseAtStart}`
    let isAnswered = false
    this.sent++
    const request = get({ port, host: '127.0.0.1', path: planned.path, headers, agent: this.#agent }, (response) => {
      isAnswered = true
      response.on('end', () => this.#time(phaseAtStart, startedAtMs))
      response.on('error', () => undefined).on('close', () => this.#judge(name, planned, response))
      response.resume()
    })
    request.setTimeout(TIMEOUT_MS, () => request.destroy(new Error('no answer')))
    request.on('error', (error) => {
      if (!isAnswered) this.failed.push(`${name}: ${error.message}`)
    })
  }

  #time(phase: Phase, startedAtMs: number): void {
    if (startedAtMs >= this.#warmAtMs) this.latenciesMs[phase].push(performance.now() - startedAtMs)
  }

  #judge(name: string, { status }: PlannedRequest, { complete, statusCode }: IncomingMessage): void {
    if (!complete) this.failed.push(`${name}: the answer was cut off`)
    else {
      this.#answered++
      if (statusCode !== status) this.wrong.push(`${name}: ${String(statusCode)}`)
    }
  }
}
