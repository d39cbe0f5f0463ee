/** Polling through every fault: it never stops, never overlaps, and is back within an interval of the fault's end. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Stepgate } from '../../src/index.ts'
import { CLIENT_ID, CLIENT_SECRET, TestControlPlane } from '../control-plane.ts'
import { connect, endpoint } from '../fixtures.ts'
import { waitFor } from '../wait-for.ts'
import { Violations, type Findings } from './findings.ts'
import { LongTimers } from './long-timers.ts'
import type { PollerStanding } from './poller-program.ts'
import { PASSING_FAULTS, REFUSALS, type PollingFault } from './polling-faults.ts'
import { programFile } from './program-file.ts'
import { TlsFront } from './tls-front.ts'

const INTERVAL_SECONDS = 1
const INTERVAL_MS = INTERVAL_SECONDS * 1_000
/** On top of the interval: the exchange itself, on a busy machine. */
const EXCHANGE_MS_MAX = 1_500
const RECOVERY_MS_MAX = INTERVAL_MS + EXCHANGE_MS_MAX
const REFUSED_RETRY_MS = [150_000, 300_000] as const
const LONG_MS = 100_000
const SEEN_WITHIN_MS = 60_000
const RETRIES_OF_REFUSED = 2

/** A control plane whose polls are counted, and can be made to fail. */
class WatchedPlane {
  readonly plane = new TestControlPlane([endpoint('GET /orders', 'enforce')])
  readonly #held = new Set<ServerResponse>()
  #fault: PollingFault | null = null
  #inFlight = 0
  inFlightMax = 0
  /** Polls that met the fault. */
  faulted = 0

  async start(): Promise<this> {
    await this.plane.start()
    this.plane.publish({ poll: { waitSeconds: 1, intervalSeconds: INTERVAL_SECONDS } })
    this.plane.fault = (request, response, route) =>
      route === 'GET /v1/config' && this.#answer(request, response, route)
    return this
  }

  /** A poll that is held is answered still, so that the next one meets the fault. */
  begin(fault: PollingFault): void {
    this.#fault = fault
    this.plane.release()
  }

  /** Whatever hangs ends with the fault. A configuration has been published meanwhile. */
  end(): void {
    this.plane.publish({})
    this.#fault = null
    for (const response of this.#held) response.destroy()
  }

  #answer(request: IncomingMessage, response: ServerResponse, route: string): boolean {
    this.inFlightMax = Math.max(this.inFlightMax, ++this.#inFlight)
    response.on('close', () => {
      this.#inFlight--
      this.#held.delete(response)
    })
    if (this.#fault === null) return false
    this.faulted++
    this.#held.add(response)
    return this.#fault.answer(request, response, route)
  }
}

interface Passage {
  readonly name: string
  readonly recoveryMs: number
}

const isBack = (
  plane: TestControlPlane,
  { state, revision }: { readonly state: string; readonly revision: number | null },
): boolean => state === 'fresh' && revision === plane.snapshot.revision

/** Without what a busy machine adds: a timer of an interval, begun at the same moment, is as late as the poll's. */
async function measureRecovery(what: string, condition: () => boolean): Promise<number> {
  const endedAtMs = performance.now()
  let lateMs = 0
  const timer = setTimeout(() => {
    lateMs = performance.now() - endedAtMs - INTERVAL_MS
  }, INTERVAL_MS)
  await waitFor(what, condition, SEEN_WITHIN_MS)
  clearTimeout(timer)
  return performance.now() - endedAtMs - lateMs
}

function judge(violations: Violations, { name, recoveryMs }: Passage, inFlightMax: number): void {
  violations.require(recoveryMs <= RECOVERY_MS_MAX, `${name}: back only after ${recoveryMs.toFixed(0)} ms`)
  violations.require(inFlightMax === 1, `${name}: ${String(inFlightMax)} polls in flight at once`)
}

type Journey = (watched: WatchedPlane, stepgate: Stepgate) => Promise<number>

async function travel(violations: Violations, name: string, journey: Journey): Promise<Passage> {
  const watched = await new WatchedPlane().start()
  const stepgate = connect(watched.plane)
  try {
    await waitFor('the first configuration', () => isBack(watched.plane, stepgate.status()), SEEN_WITHIN_MS)
    const passage = { name, recoveryMs: await journey(watched, stepgate) }
    judge(violations, passage, watched.inFlightMax)
    return passage
  } finally {
    watched.end()
    await stepgate.close()
    watched.plane.fault = null
    await watched.plane.kill()
  }
}

const throughPassing =
  (fault: PollingFault): Journey =>
  async (watched, stepgate) => {
    watched.begin(fault)
    await waitFor(`polls through ${fault.name}`, () => watched.faulted >= fault.pollsMin, SEEN_WITHIN_MS)
    watched.end()
    return measureRecovery(`recovery from ${fault.name}`, () => isBack(watched.plane, stepgate.status()))
  }

/** A refused credential is tried again after minutes: the schedule is looked at, and let off early. */
const throughRefusal =
  (fault: PollingFault, violations: Violations): Journey =>
  async (watched, stepgate) => {
    const timers = new LongTimers(LONG_MS)
    try {
      watched.begin(fault)
      for (let retry = 0; retry <= RETRIES_OF_REFUSED; retry++) {
        await waitFor(`the retry after ${fault.name}`, () => timers.delaysMs.length > 0, SEEN_WITHIN_MS)
        const [delayMs = 0, ...others] = timers.delaysMs
        const isInRange = delayMs >= REFUSED_RETRY_MS[0] && delayMs <= REFUSED_RETRY_MS[1] && others.length === 0
        violations.require(isInRange, `${fault.name}: tries again after ${timers.delaysMs.join()} ms`)
        if (retry === RETRIES_OF_REFUSED) watched.end()
        timers.letOff()
      }
      return await measureRecovery(`recovery from ${fault.name}`, () => isBack(watched.plane, stepgate.status()))
    } finally {
      timers.restore()
    }
  }

interface RemotePoller {
  readonly standing: () => PollerStanding
  stop(): void
}

function startPoller(plane: TestControlPlane, url: string, caFile: string): RemotePoller {
  let standing: PollerStanding = { state: 'closed', revision: null, lastError: null }
  const child = spawn(process.execPath, ['--no-warnings', programFile('poller-program')], {
    env: {
      ...process.env,
      NODE_EXTRA_CA_CERTS: caFile,
      STEPGATE_URL: url,
      STEPGATE_CLIENT_ID: CLIENT_ID,
      STEPGATE_CLIENT_SECRET: CLIENT_SECRET,
      STEPGATE_CONFIG_KEY: plane.configKey.pin,
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  child.on('message', (message) => {
    standing = message as PollerStanding // the program sends nothing else
  })
  return { standing: () => standing, stop: () => child.kill('SIGKILL') }
}

/** In a process of its own, as that is how a certificate comes to be trusted. */
async function throughBadTls(violations: Violations): Promise<Passage> {
  const watched = await new WatchedPlane().start()
  const { plane } = watched
  const front = new TlsFront(() => Number(new URL(plane.url).port))
  await front.start()
  const folder = mkdtempSync(join(tmpdir(), 'stepgate-tls-'))
  const caFile = join(folder, 'ca.pem')
  writeFileSync(caFile, front.trusted.certificate)
  const poller = startPoller(plane, front.url, caFile)
  try {
    await waitFor('the first configuration over TLS', () => isBack(plane, poller.standing()), SEEN_WITHIN_MS)
    for (const behaviour of ['untrusted', 'no TLS at all'] as const) {
      front.behave(behaviour)
      plane.publish({})
      const before = front.refused
      await waitFor(`polls through ${behaviour}`, () => front.refused >= before + 3, SEEN_WITHIN_MS)
    }
    front.behave('good')
    const passage = {
      name: 'bad TLS',
      recoveryMs: await measureRecovery('recovery from bad TLS', () => isBack(plane, poller.standing())),
    }
    judge(violations, passage, watched.inFlightMax)
    return passage
  } finally {
    poller.stop()
    front.stop()
    plane.fault = null
    await plane.kill()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function throughRefusals(violations: Violations): Promise<Passage[]> {
  const passages: Passage[] = []
  for (const fault of REFUSALS) passages.push(await travel(violations, fault.name, throughRefusal(fault, violations)))
  return passages
}

/** Each fault meets a middleware and a control plane of its own, all at the same time; `rounds` times over. */
export async function pollThroughFaults({ rounds }: { readonly rounds: number }): Promise<Findings> {
  const violations = new Violations()
  const figures: Record<string, number> = {}
  for (let round = 0; round < rounds; round++) {
    const passages = await Promise.all([
      ...PASSING_FAULTS.map((fault) => travel(violations, fault.name, throughPassing(fault))),
      throughBadTls(violations),
      throughRefusals(violations),
    ])
    for (const { name, recoveryMs } of passages.flat())
      figures[`${name}, ms to recovery`] = Math.max(figures[`${name}, ms to recovery`] ?? 0, Math.round(recoveryMs))
  }
  return { figures: { faults: Object.keys(figures).length, ...figures }, violations: violations.list() }
}
