/**
 * CPU a request of hello-JSON with the middleware beside the same without it, where they differ by less than two processes of
 * one program do. Short turns, each beside the bare one of the same round, meet alike what else the machine does; and as
 * processes differ by where their memory and compiled code happen to lie, new ones are started many times, each generation
 * counting once. One process for all would not do: its compiled code favours whoever comes first.
 */
import { execFileSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { CONNECTIONS, COST_MAX, toRequest, type Framework } from './hello-json.ts'
import { HttpLoad } from './http-load.ts'
import { median } from './measure.ts'
import { cpuMicroseconds, startServer, stopServer, type RunningServer } from './server-process.ts'
import { startTokenPlane, type TokenPlane } from './token-plane.ts'

const GENERATIONS = Number(process.env['BENCH_GENERATIONS'] ?? 14)
/** Fewer have no interval of 95 %. */
const GENERATIONS_MIN = 6
/** Until the middleware has sent its first report, for which V8 gives up and makes anew much of what it has compiled. */
const WARM_UP_ROUNDS = 25
const ROUNDS = 7
const SLICE_REQUESTS = 3_200
/** `calling` has no middleware and calls another service now and then. */
const GUARDS = { bare: 'none', twin: 'none', calling: 'calls', guarded: 'stepgate' } as const
type Variant = keyof typeof GUARDS
/** CPU a request, in microseconds. */
type Costs = Readonly<Record<Variant, number>>

const VARIANTS = Object.keys(GUARDS) as Variant[] // keys forgets which

const ofEach = <Value>(valueOf: (variant: Variant) => Value): Record<Variant, Value> => ({
  bare: valueOf('bare'),
  twin: valueOf('twin'),
  calling: valueOf('calling'),
  guarded: valueOf('guarded'),
})

interface Service {
  readonly server: RunningServer
  readonly load: HttpLoad
}

/** Services share a core, and the load has another; true where the system can do so. */
function pin(pid: number | undefined, core: number): boolean {
  if (availableParallelism() < 2) return false
  try {
    execFileSync('taskset', ['-a', '-p', '-c', String(core), String(pid)], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

async function startService(
  framework: Framework,
  variant: Variant,
  { environment, issueTokens }: TokenPlane,
): Promise<Service> {
  const server = await startServer(framework, variant, GUARDS[variant], environment)
  pin(server.child.pid, 0)
  return { server, load: await HttpLoad.open(server.port, CONNECTIONS, issueTokens().map(toRequest)) }
}

async function runSlice({ server, load }: Service): Promise<number> {
  const before = await cpuMicroseconds(server)
  await load.send(SLICE_REQUESTS)
  return ((await cpuMicroseconds(server)) - before) / SLICE_REQUESTS
}

/** Each round begins with another, and every other one runs backwards, so that none always follows the same. */
async function runRound(services: Readonly<Record<Variant, Service>>, round: number): Promise<Costs> {
  const first = round % VARIANTS.length
  const order = [...VARIANTS.slice(first), ...VARIANTS.slice(0, first)]
  const costs = ofEach(() => 0)
  for (const variant of round % 2 === 0 ? order : order.toReversed()) costs[variant] = await runSlice(services[variant])
  return costs
}

/** The medians of new processes' rounds, once they have warmed up. */
async function runGeneration(framework: Framework, plane: TokenPlane): Promise<Costs> {
  const started = await Promise.all(VARIANTS.map((variant) => startService(framework, variant, plane)))
  const services = ofEach((variant) => started[VARIANTS.indexOf(variant)] as Service) // one for each
  const rounds: Costs[] = []
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    const costs = await runRound(services, round)
    if (round >= WARM_UP_ROUNDS) rounds.push(costs)
  }
  for (const { load, server } of started) {
    load.close()
    await stopServer(server)
  }
  return ofEach((variant) => median(rounds.map((costs) => costs[variant])))
}

interface Interval {
  readonly middle: number
  readonly low: number
  readonly high: number
}

/** The median, and where it lies in 95 of 100 repetitions, whatever the distribution: by order statistics. */
function medianInterval(values: readonly number[]): Interval {
  const sorted = values.toSorted((left, right) => left - right)
  const at = (index: number): number => sorted[Math.max(0, Math.min(sorted.length - 1, index))] ?? Number.NaN
  const margin = (1.96 * Math.sqrt(sorted.length)) / 2
  const lowest = Math.floor(sorted.length / 2 - margin) - 1
  return { middle: median(values), low: at(lowest), high: at(sorted.length - 1 - lowest) }
}

const beside = (generations: readonly Costs[], variant: Variant, base: Variant = 'bare'): Interval =>
  medianInterval(generations.map((costs) => costs[variant] / costs[base]))

const describe = ({ middle, low, high }: Interval): string =>
  `${middle.toFixed(3)} × (95 %: ${low.toFixed(3)} to ${high.toFixed(3)})`

function verdictOf({ low, high }: Interval, goal: number): string {
  const limit = goal.toFixed(2)
  if (high <= goal) return `met: at most ${limit}`
  return low > goal ? `MISSED: at most ${limit}` : `cannot tell whether it is at most ${limit}`
}

function noteOf(variant: Variant, interval: Interval, framework: Framework): string {
  if (variant === 'guarded') return verdictOf(interval, 1 + COST_MAX[framework])
  if (variant === 'calling') return ''
  const isFair = interval.low <= 1 && interval.high >= 1
  return isFair ? '' : 'EQUAL ONES DIFFER: nothing this small can be told here'
}

function printProgress(framework: Framework, count: number, costs: Costs): void {
  const micros = VARIANTS.map((variant) => `${variant} ${costs[variant].toFixed(1)}`).join(', ')
  console.log(`${framework} ${String(count)} of ${String(GENERATIONS)}: ${micros} µs`)
}

function printGenerations(framework: Framework, generations: readonly Costs[], isPinned: boolean): void {
  console.log(
    `\n${framework}: CPU a request, ${String(generations.length)} generations of processes${isPinned ? '' : ', cores not kept apart'}`,
  )
  for (const variant of VARIANTS) {
    const interval = beside(generations, variant)
    const micros = median(generations.map((costs) => costs[variant])).toFixed(1)
    console.log(
      `  ${variant.padEnd(10)} ${micros.padStart(6)} µs   ${describe(interval)}  ${noteOf(variant, interval, framework)}`,
    )
  }
  const besideCalling = beside(generations, 'guarded', 'calling')
  console.log(
    `  guarded beside calling ${describe(besideCalling)}  ${verdictOf(besideCalling, 1 + COST_MAX[framework])}`,
  )
}

/** Both frameworks, or the one that is named. */
export async function benchPairs(only?: string): Promise<void> {
  if (GENERATIONS < GENERATIONS_MIN) throw new Error(`there must be ${String(GENERATIONS_MIN)} generations at least`)
  const plane = await startTokenPlane()
  const isPinned = pin(process.pid, 1)
  for (const framework of ['express', 'fastify'] as const) {
    if (only !== undefined && only !== framework) continue
    const generations: Costs[] = []
    while (generations.length < GENERATIONS) {
      const costs = await runGeneration(framework, plane)
      generations.push(costs)
      printProgress(framework, generations.length, costs)
    }
    printGenerations(framework, generations, isPinned)
  }
  await plane.plane.kill()
}
