/** What is decided is stored or reported as dropped, exactly, whatever happens to the control plane meanwhile. */
import type { Route } from '../../src/guard/route-table.ts'
import { TestControlPlane, type Fault } from '../control-plane.ts'
import { endpoint } from '../fixtures.ts'
import type { SeededRandom } from '../seeded-random.ts'
import { waitFor } from '../wait-for.ts'
import { bareRequestReader, makeDecider, type Decider } from './decider.ts'
import { Violations, type Findings } from './findings.ts'
import { liveBytes } from './heap.ts'

export interface AccountingTrial {
  readonly random: SeededRandom
  readonly decisions: number
  readonly kills: number
  /** Signatures the queue has room for. */
  readonly queueSizeMax: number
  /** Whether calls that hang are left to the middleware's own deadline of 15 s at the end. */
  readonly waitsForDeadline: boolean
}

const ROUNDS_PER_KILL = 4
const ROUND_PAUSE_MS = 40
const REPORT_INTERVAL_MS = 10
const STOP_DEADLINE_MS = 40_000
const LARGE_BATCH_BYTES = 1_500
const CALLERS = 40
const MEGABYTE = 1024 * 1024
const GROWTH_BYTES_MAX = 32 * MEGABYTE
/** From here on nothing grows any more that is meant to. */
const WARM_SHARE = 0.2

const onReport =
  (answer: Fault): Fault =>
  (request, response, route) =>
    route === 'POST /v1/decisions' && answer(request, response, route)

const answering = (status: number): Fault => onReport((_request, response) => Boolean(response.writeHead(status).end()))

export const REPORT_FAULTS: Readonly<Record<string, Fault | null>> = {
  none: null,
  'no fault': null,
  'status 429': answering(429),
  'status 500': answering(500),
  'status 503': answering(503),
  'status 413 for large batches': onReport(
    (request, response) =>
      Number(request.headers['content-length'] ?? 0) > LARGE_BATCH_BYTES && Boolean(response.writeHead(413).end()),
  ),
  // The batch comes again and must not count twice.
  'stored, and the answer is lost': onReport((_request, response) => {
    response.end = () => response.destroy()
    return false
  }),
  'a reset connection': onReport((request) => Boolean(request.socket.destroy())),
  'a hang': onReport(() => true),
  'stored, and the answer hangs': onReport((_request, response) => {
    response.end = () => response
    return false
  }),
}

/** Adds up what the control plane was told and forgets the rest, so that only the middleware's memory is left to grow. */
class Ledger {
  readonly #plane: TestControlPlane
  #stored = 0
  #dropped = 0

  constructor(plane: TestControlPlane) {
    this.#plane = plane
  }

  get stored(): number {
    this.add()
    return this.#stored
  }

  get dropped(): number {
    this.add()
    return this.#dropped
  }

  add(): void {
    for (const [id, { signatures, dropped, ...rest }] of this.#plane.batches) {
      if (signatures.length === 0 && dropped.allowed + dropped.wouldDeny + dropped.denied === 0) continue
      this.#stored += signatures.reduce((sum, { count }) => sum + count, 0)
      this.#dropped += dropped.allowed + dropped.wouldDeny + dropped.denied
      const nothing = { allowed: 0, wouldDeny: 0, denied: 0, samples: 0 }
      this.#plane.batches.set(id, { ...rest, signatures: [], samples: [], dropped: nothing })
    }
  }
}

class Growth {
  #live: number | null = null
  #residentBytes = 0
  #peakBytes = 0

  sample(): void {
    const { rss } = process.memoryUsage()
    if (this.#live === null) {
      this.#live = liveBytes()
      this.#residentBytes = process.memoryUsage().rss
    } else this.#peakBytes = Math.max(this.#peakBytes, rss)
  }

  get liveBytes(): number {
    return liveBytes() - (this.#live ?? 0)
  }

  get residentBytes(): number {
    return Math.max(0, this.#peakBytes - this.#residentBytes)
  }
}

const callersOf = (plane: TestControlPlane): string[] =>
  Array.from({ length: CALLERS }, (_, index) => {
    const scope = index % 3 === 0 ? 'other:read' : 'orders:read'
    return `Bearer ${plane.issueToken({ client_id: `caller-${String(index)}`, scope })}`
  })

class DecisionRun {
  readonly #trial: AccountingTrial
  readonly #plane: TestControlPlane
  readonly #decider: Decider
  readonly #growth = new Growth()
  readonly #paths: readonly Route[]
  readonly ledger: Ledger
  generated = 0
  kills = 0

  constructor(trial: AccountingTrial, plane: TestControlPlane) {
    this.#trial = trial
    this.#plane = plane
    this.#decider = makeDecider(plane, { queueSizeMax: trial.queueSizeMax, intervalMs: REPORT_INTERVAL_MS })
    this.#paths = ['/orders', '/trial', '/off'].map((path) => this.#decider.routes.register('GET', path))
    this.ledger = new Ledger(plane)
  }

  async run(): Promise<Decider['reporter']> {
    const { kills, decisions } = this.#trial
    const { guard, reporter } = this.#decider
    const tokens = callersOf(this.#plane)
    const rounds = kills * ROUNDS_PER_KILL
    guard.apply(this.#plane.snapshot)
    reporter.start()
    for (let round = 0; round < rounds; round++) {
      await this.#disturb(round, () => this.#decide(Math.ceil(decisions / rounds), this.#paths, tokens))
      if (round >= rounds * WARM_SHARE) this.#growth.sample()
    }
    await this.#end()
    await reporter.stop(STOP_DEADLINE_MS)
    return reporter
  }

  /** Ends what hangs, or sees to it that something does. */
  async #end(): Promise<void> {
    let isHanging = false
    if (this.#trial.waitsForDeadline) {
      this.#plane.fault = onReport((_request, response) => {
        isHanging = true
        response.end = () => response
        return false
      })
      this.#decider.guard.apply(this.#plane.publish({}))
      this.#decide(ROUNDS_PER_KILL, this.#paths, callersOf(this.#plane))
      await waitFor('a report that hangs', () => isHanging, STOP_DEADLINE_MS)
    } else await this.#plane.kill().then(() => this.#plane.start())
    this.#plane.fault = null
  }

  get growth(): Growth {
    return this.#growth
  }

  /** Another fault each round, killed every few rounds, another revision now and then: what was counted stays counted. */
  async #disturb(round: number, work: () => void): Promise<void> {
    const { random } = this.#trial
    const isKilled = round % ROUNDS_PER_KILL === 2
    this.#plane.fault = REPORT_FAULTS[random.pick(Object.keys(REPORT_FAULTS))] ?? null
    if (isKilled) await this.#plane.kill()
    if (round % 10 === 5) this.#decider.guard.apply(this.#plane.publish({}))
    work()
    await new Promise((resolve) => setTimeout(resolve, ROUND_PAUSE_MS))
    if (isKilled) await this.#plane.start()
    this.kills += Number(isKilled)
    this.ledger.add()
  }

  #decide(count: number, paths: readonly Route[], tokens: readonly string[]): void {
    const { random } = this.#trial
    for (let index = 0; index < count; index++) {
      const authorization = random.next() < 0.1 ? undefined : random.pick(tokens)
      this.#decider.guard.check(random.pick(paths), { authorization }, bareRequestReader)
      this.generated++
    }
  }
}

export async function accountForDecisions(trial: AccountingTrial): Promise<Findings> {
  const plane = await new TestControlPlane([
    endpoint('GET /orders', 'enforce'),
    endpoint('GET /trial', 'log-only'),
    endpoint('GET /off', 'off'),
  ]).start()
  const run = new DecisionRun(trial, plane)
  try {
    const reporter = await run.run()
    return judge(run, reporter)
  } finally {
    plane.fault = null
    await plane.kill()
  }
}

function judge({ generated, kills, ledger, growth }: DecisionRun, reporter: Decider['reporter']): Findings {
  const violations = new Violations()
  const { stored, dropped } = ledger
  const { allowed, wouldDeny, denied } = reporter.dropped
  const figures = {
    generated,
    stored,
    dropped,
    kills,
    liveGrowthBytes: growth.liveBytes,
    residentGrowthBytes: growth.residentBytes,
  }
  violations.require(
    generated === stored + dropped,
    `${String(generated)} decided, ${String(stored)} stored, ${String(dropped)} reported as dropped`,
  )
  violations.require(reporter.queued === 0, `${String(reporter.queued)} are still queued`)
  violations.require(reporter.stored === stored, `the middleware counts ${String(reporter.stored)} as stored`)
  violations.require(allowed + wouldDeny + denied === dropped, 'the middleware counts other drops than it reported')
  violations.require(
    figures.liveGrowthBytes <= GROWTH_BYTES_MAX,
    `memory in use grew by ${String(figures.liveGrowthBytes)} bytes`,
  )
  return { figures, violations: violations.list() }
}
