/**
 * CPU a request of hello-JSON with the middleware beside the same without it, where they differ by less than two processes of
 * one program do: all in one process, in turns of a few thousand requests, each beside the bare one of the same round.
 */
import { execFileSync, fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { HttpLoad } from './http-load.ts'
import { median } from './measure.ts'
import { startTokenPlane } from './token-plane.ts'

const ROUNDS = Number(process.env['BENCH_PAIRS'] ?? 60)
const WARM_UP_ROUNDS = 6
const SLICE_REQUESTS = 3_200
const CONNECTIONS = 16
const GOALS = { express: 1.02, fastify: 1.05 } as const
const VARIANTS = ['bare', 'twin', 'guarded'] as const
type Variant = (typeof VARIANTS)[number]
type Round = Readonly<Record<Variant, number>>

interface PairedServer {
  readonly child: ChildProcess
  readonly loads: Readonly<Record<Variant, HttpLoad>>
}

/** Beside this one, in the form this one has. */
const serverProgram = (): string =>
  fileURLToPath(new URL(`./paired-server${extname(fileURLToPath(import.meta.url))}`, import.meta.url))

/** Service and load each keep a core to themselves; true where the system can do so. */
function pin(pid: number, core: number): boolean {
  try {
    execFileSync('taskset', ['-a', '-p', '-c', String(core), String(pid)], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const toRequest = (token: string): string =>
  `GET /orders/42 HTTP/1.1\r\nhost: orders\r\nauthorization: Bearer ${token}\r\n\r\n`

async function startServer(
  framework: string,
  environment: Readonly<Record<string, string>>,
  tokens: readonly string[],
): Promise<PairedServer> {
  const child = fork(serverProgram(), [framework], {
    env: { ...process.env, ...environment },
    execArgv: ['--expose-gc'],
  })
  const [ports] = (await once(child, 'message')) as [Record<Variant, number>] // what it sends first
  const open = (variant: Variant): Promise<HttpLoad> =>
    HttpLoad.open(ports[variant], CONNECTIONS, tokens.map(toRequest))
  const loads = { bare: await open('bare'), twin: await open('twin'), guarded: await open('guarded') }
  return { child, loads }
}

async function stopServer({ child, loads }: PairedServer): Promise<void> {
  for (const load of Object.values(loads)) load.close()
  const ended = once(child, 'exit')
  child.disconnect()
  await ended
}

async function cpuMicroseconds(child: ChildProcess, message: 'collect' | 'cpu'): Promise<number> {
  const answered = once(child, 'message')
  child.send(message)
  const [used] = (await answered) as [number] // the server answers each message so
  return used
}

async function runSlice({ child, loads }: PairedServer, variant: Variant): Promise<number> {
  const before = await cpuMicroseconds(child, 'collect')
  await loads[variant].send(SLICE_REQUESTS)
  return ((await cpuMicroseconds(child, 'cpu')) - before) / SLICE_REQUESTS
}

/** Each round begins with another, and every other one runs backwards, so that none always follows the same. */
async function runRound(server: PairedServer, round: number): Promise<Round> {
  const first = round % VARIANTS.length
  const order = [...VARIANTS.slice(first), ...VARIANTS.slice(0, first)]
  const taken = { bare: 0, twin: 0, guarded: 0 }
  for (const variant of round % 2 === 0 ? order : order.toReversed()) taken[variant] = await runSlice(server, variant)
  return taken
}

interface Interval {
  readonly middle: number
  readonly low: number
  readonly high: number
}

/** The median, and where it lies in 95 of 100 repetitions, whatever the distribution: by order statistics. */
function medianInterval(values: readonly number[]): Interval {
  const sorted = values.toSorted((left, right) => left - right)
  const half = (1.96 * Math.sqrt(sorted.length)) / 2
  const at = (index: number): number => sorted[Math.max(0, Math.min(sorted.length - 1, index))] ?? Number.NaN
  return {
    middle: median(values),
    low: at(Math.floor(sorted.length / 2 - half)),
    high: at(Math.ceil(sorted.length / 2 + half)),
  }
}

const beside = (rounds: readonly Round[], variant: Variant): Interval =>
  medianInterval(rounds.map((round) => round[variant] / round.bare))

function verdictOf({ low, high }: Interval, goal: number): string {
  const limit = goal.toFixed(2)
  if (high <= goal) return `met: at most ${limit}`
  return low > goal ? `MISSED: at most ${limit}` : `cannot tell whether it is at most ${limit}`
}

function printRounds(framework: keyof typeof GOALS, rounds: readonly Round[], isPinned: boolean): void {
  const [twin, guarded] = [beside(rounds, 'twin'), beside(rounds, 'guarded')]
  console.log(
    `\n${framework}: CPU a request, ${String(rounds.length)} rounds of ${String(SLICE_REQUESTS)} requests each${isPinned ? '' : ', cores not kept apart'}`,
  )
  const print = (name: string, variant: Variant, note: string): void => {
    const { middle, low, high } = beside(rounds, variant)
    const micros = median(rounds.map((round) => round[variant])).toFixed(1)
    console.log(
      `  ${name.padEnd(20)} ${micros.padStart(6)} µs   ${middle.toFixed(3)} × (95 %: ${low.toFixed(3)} to ${high.toFixed(3)})  ${note}`,
    )
  }
  const isFair = twin.low <= 1 && twin.high >= 1
  print('bare', 'bare', '')
  print('bare again', 'twin', isFair ? '' : 'EQUAL ONES DIFFER: nothing this small can be told here')
  print('guarded', 'guarded', verdictOf(guarded, GOALS[framework]))
}

/** Both frameworks, or the one that is named. */
export async function benchPairs(only?: string): Promise<void> {
  const { plane, environment, tokens } = await startTokenPlane()
  for (const framework of ['express', 'fastify'] as const) {
    if (only !== undefined && only !== framework) continue
    const server = await startServer(framework, environment, tokens)
    const cores = availableParallelism() > 1
    const isPinned = cores && pin(server.child.pid ?? 0, 0) && pin(process.pid, 1)
    const rounds: Round[] = []
    for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
      const taken = await runRound(server, round + WARM_UP_ROUNDS)
      if (round >= 0) rounds.push(taken)
    }
    printRounds(framework, rounds, isPinned)
    await stopServer(server)
  }
  await plane.kill()
}
