/** Services under steady traffic while their control plane is killed again and again, and once for long. */
import type { SeededRandom } from '../seeded-random.ts'
import { Violations, type Findings } from './findings.ts'
import { programFile } from './program-file.ts'
import { ServiceProcess, type ServiceCredentials, type ServiceStatus } from './service-process.ts'
import { SERVICE_FRAMEWORKS, type ServiceFramework } from './service-protocol.ts'
import { PHASES, SteadyTraffic, type Phase } from './steady-traffic.ts'

/** What the outage needs of a control plane that can be killed. */
export interface MortalGateway {
  credentialsOf(framework: ServiceFramework): ServiceCredentials
  /** A token with `orders:read` for that service, valid now. */
  tokenFor(framework: ServiceFramework): string
  kill(): Promise<void>
  /** Settles when it answers again. */
  start(): Promise<void>
  /** Decisions it has stored, of all services. */
  countStored(): Promise<number>
}

export interface OutageTrial {
  readonly random: SeededRandom
  readonly gateway: MortalGateway
  /** Never killed: with it each service has a twin under the same traffic at the same time, to compare with. */
  readonly reference: MortalGateway | null
  /** The Node that runs the services. */
  readonly executable: string
  /** What it runs; by default the program that lies beside the scenarios. */
  readonly program?: string
  readonly requestsPerSecond: number
  readonly seconds: number
  /** At random in the first and the last third; in the second it is away from beginning to end. */
  readonly kills: number
  /** It stays away for up to so long after each kill. */
  readonly pauseMsMax: number
  readonly onKill?: (kills: number) => void
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)))

const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((left, right) => left - right)[Math.floor(values.length * share)] ?? Number.NaN

const rounded = (ms: number): number => Math.round(ms * 100) / 100

/** Kills and starts by a plan of seconds drawn beforehand. */
class Executioner {
  readonly #trial: OutageTrial
  phase: Phase = 'up'
  kills = 0

  constructor(trial: OutageTrial) {
    this.#trial = trial
  }

  async run(): Promise<void> {
    const { seconds, kills, random } = this.#trial
    const thirdMs = (seconds * 1_000) / 3
    const startedAtMs = performance.now()
    const early = Math.floor(kills / 2)
    const moments = (count: number, fromMs: number): number[] =>
      Array.from({ length: count }, () => fromMs + random.next() * thirdMs * 0.9).sort((left, right) => left - right)
    const until = (atMs: number): Promise<void> => sleep(startedAtMs + atMs - performance.now())
    for (const atMs of moments(early, 0))
      await until(atMs).then(() => this.#kill(random.next() * this.#trial.pauseMsMax))
    await until(thirdMs)
    await this.#kill(startedAtMs + 2 * thirdMs - performance.now())
    for (const atMs of moments(kills - early, 2 * thirdMs))
      await until(atMs).then(() => this.#kill(random.next() * this.#trial.pauseMsMax))
    await until(3 * thirdMs)
  }

  async #kill(pauseMs: number): Promise<void> {
    const { gateway } = this.#trial
    await gateway.kill()
    this.kills++
    this.#trial.onKill?.(this.kills)
    this.phase = 'away'
    await sleep(pauseMs)
    this.phase = 'starting'
    await gateway.start()
    this.phase = 'up'
  }
}

interface Witness {
  readonly service: ServiceProcess
  readonly traffic: SteadyTraffic
}

function summon(trial: OutageTrial, gateway: MortalGateway, phase: () => Phase): Promise<Witness[]> {
  const { executable, program = programFile('service-program'), random, requestsPerSecond } = trial
  return Promise.all(
    SERVICE_FRAMEWORKS.map(async (framework) => {
      const service = await ServiceProcess.start([executable, program], framework, gateway.credentialsOf(framework))
      const token = (): string => gateway.tokenFor(framework)
      return { service, traffic: new SteadyTraffic({ port: service.port, requestsPerSecond, random, token, phase }) }
    }),
  )
}

const droppedOf = ({ dropped: { allowed, wouldDeny, denied } }: ServiceStatus): number => allowed + wouldDeny + denied

const allLatencies = ({ traffic: { latenciesMs } }: Witness): number[] => PHASES.flatMap((phase) => latenciesMs[phase])

function figuresOf(witness: Witness): Record<string, number> {
  const { service, traffic } = witness
  const figures: Record<string, number> = { [`${service.framework}, requests`]: traffic.sent }
  for (const phase of PHASES) {
    const latencies = traffic.latenciesMs[phase]
    if (latencies.length === 0) continue
    figures[`${service.framework}, p50 ms while ${phase}`] = rounded(quantile(latencies, 0.5))
    figures[`${service.framework}, p99 ms while ${phase}`] = rounded(quantile(latencies, 0.99))
  }
  return figures
}

/** What the outage adds, beside the twin that had none. */
function comparisonOf(witness: Witness, twin: Witness | undefined): Record<string, number> {
  if (twin === undefined) return {}
  const [own, others] = [quantile(allLatencies(witness), 0.99), quantile(allLatencies(twin), 0.99)]
  const { framework } = witness.service
  return {
    [`${framework}, p99 ms`]: rounded(own),
    [`${framework}, p99 ms of the twin without outage`]: rounded(others),
    [`${framework}, p99 ms added`]: rounded(own - others),
    [`${framework}, p99 ms added while away`]: rounded(
      quantile(witness.traffic.latenciesMs.away, 0.99) - quantile(twin.traffic.latenciesMs.away, 0.99),
    ),
  }
}

function judge(witnesses: readonly Witness[], statuses: readonly ServiceStatus[], storedByGateway: number): Findings {
  const violations = new Violations()
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
  const generated = sum(witnesses.map(({ traffic }) => traffic.sent - traffic.failed.length))
  const [stored, dropped] = [sum(statuses.map((status) => status.stored)), sum(statuses.map(droppedOf))]
  for (const { service, traffic } of witnesses) {
    for (const wrong of traffic.wrong) violations.add(`wrong decision by ${service.framework}: ${wrong}`)
    for (const failed of traffic.failed) violations.add(`failed request to ${service.framework}: ${failed}`)
  }
  violations.require(
    generated === stored + dropped,
    `${String(generated)} decided, ${String(stored)} stored, ${String(dropped)} dropped`,
  )
  violations.require(
    storedByGateway === stored,
    `the control plane has ${String(storedByGateway)} decisions instead of ${String(stored)}`,
  )
  const counts = { generated, stored, dropped, wrong: sum(witnesses.map(({ traffic }) => traffic.wrong.length)) }
  return {
    figures: Object.assign({}, counts, ...witnesses.map(figuresOf)) as Findings['figures'],
    violations: violations.list(),
  }
}

export async function liveThroughOutage(trial: OutageTrial): Promise<Findings> {
  const executioner = new Executioner(trial)
  const phase = (): Phase => executioner.phase
  const witnesses = await summon(trial, trial.gateway, phase)
  const twins = trial.reference === null ? [] : await summon(trial, trial.reference, phase)
  const everybody = [...witnesses, ...twins]
  try {
    for (const { traffic } of everybody) traffic.start()
    await executioner.run()
    await Promise.all(everybody.map(({ traffic }) => traffic.stop()))
    const statuses = await Promise.all(witnesses.map(({ service }) => service.closeMiddleware()))
    const { figures, violations } = judge(witnesses, statuses, await trial.gateway.countStored())
    const comparisons = witnesses.map((witness, index) => comparisonOf(witness, twins[index]))
    return {
      figures: Object.assign({ kills: executioner.kills }, figures, ...comparisons) as Findings['figures'],
      violations,
    }
  } finally {
    await Promise.all(everybody.map(({ service }) => service.stop()))
  }
}
