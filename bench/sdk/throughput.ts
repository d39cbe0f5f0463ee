/** Hello-JSON of a service with and without the middleware: requests a second, and CPU a request of the service's process. */
import autocannon from 'autocannon'
import { CONNECTIONS } from './hello-json.ts'
import { median } from './measure.ts'
import { cpuMicroseconds, startServer, stopServer, type RunningServer } from './server-process.ts'
import { startTokenPlane } from './token-plane.ts'

const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 2)
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 9)
/** A server's round is made of turns, the shortest that the client can time, so that what else the machine does meets all alike. */
const TURN_SECONDS = 1
/** Two processes of one program differ by where their memory and compiled code happen to lie, so new ones are started. */
const ROUNDS_PER_PROCESS = 3
const FRAMEWORKS = {
  express: { none: 'none', 'none again': 'none', stepgate: 'stepgate', 'express-oauth2-jwt-bearer': 'peer' },
  fastify: { none: 'none', 'none again': 'none', 'a hook that reads a header': 'headers', stepgate: 'stepgate' },
} as const

interface Round {
  readonly requestsPerSecond: number
  readonly cpuMicroseconds: number
}

interface Turn {
  readonly requests: number
  readonly seconds: number
  readonly cpuMicroseconds: number
}

async function load(server: RunningServer, tokens: readonly string[]): Promise<Turn> {
  const cpuBefore = await cpuMicroseconds(server)
  const requests = tokens.map((token) => ({ path: '/orders/42', headers: { authorization: `Bearer ${token}` } }))
  const result = await autocannon({
    url: `http://127.0.0.1:${String(server.port)}`,
    connections: CONNECTIONS,
    duration: TURN_SECONDS,
    requests,
  })
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${server.name}: ${String(result.non2xx)} refusals, ${String(result.errors)} errors`)
  return {
    requests: result.requests.total,
    seconds: result.duration,
    cpuMicroseconds: (await cpuMicroseconds(server)) - cpuBefore,
  }
}

const sumOf = (turns: readonly Turn[], figure: keyof Turn): number => turns.reduce((sum, turn) => sum + turn[figure], 0)

const toRound = (turns: readonly Turn[]): Round => ({
  requestsPerSecond: sumOf(turns, 'requests') / sumOf(turns, 'seconds'),
  cpuMicroseconds: sumOf(turns, 'cpuMicroseconds') / sumOf(turns, 'requests'),
})

/** Each turn begins with another server. */
async function runRound(servers: readonly RunningServer[], tokens: readonly string[]): Promise<Map<string, Round>> {
  const turns = new Map<string, Turn[]>(servers.map(({ name }) => [name, []]))
  for (let turn = 0; turn < SECONDS / TURN_SECONDS; turn++) {
    const first = turn % servers.length
    for (const server of [...servers.slice(first), ...servers.slice(0, first)])
      turns.get(server.name)?.push(await load(server, tokens))
  }
  return new Map([...turns].map(([name, taken]) => [name, toRound(taken)]))
}

async function compare(
  start: () => Promise<RunningServer[]>,
  issueTokens: () => readonly string[],
): Promise<Map<string, Round[]>> {
  const rounds = new Map<string, Round[]>()
  for (let done = 0; done < ROUNDS; done += ROUNDS_PER_PROCESS) {
    const servers = await start()
    const tokens = issueTokens()
    for (const server of servers) await load(server, tokens)
    for (let round = done; round < Math.min(ROUNDS, done + ROUNDS_PER_PROCESS); round++) {
      for (const [name, result] of await runRound(servers, tokens))
        rounds.set(name, [...(rounds.get(name) ?? []), result])
    }
    await Promise.all(servers.map(stopServer))
  }
  return rounds
}

const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((left, right) => left - right)[Math.floor((values.length - 1) * share)] ?? Number.NaN

/** Each round beside the bare server in the same round; \`none again\` is how far two equal servers are apart. */
function printRounds(title: string, rounds: ReadonlyMap<string, readonly Round[]>, figure: keyof Round): void {
  console.log(`\n${title}`)
  const base = rounds.get('none') ?? []
  for (const [name, all] of rounds) {
    const ratios = all.map((round, index) => round[figure] / (base[index]?.[figure] ?? Number.NaN))
    const [low, high] = [quantile(ratios, 0.25), quantile(ratios, 0.75)].map((ratio) => ratio.toFixed(3))
    const value = median(all.map((round) => round[figure])).toFixed(1)
    console.log(
      `  ${name.padEnd(30)} ${value.padStart(9)}   ${median(ratios).toFixed(3)} × (half of the rounds ${String(low)} to ${String(high)})`,
    )
  }
}

/** All frameworks, or the one that is named. */
export async function benchThroughput(only?: string): Promise<void> {
  const { plane, environment, issueTokens } = await startTokenPlane()
  for (const [framework, guards] of Object.entries(FRAMEWORKS)) {
    if (only !== undefined && only !== framework) continue
    const start = (): Promise<RunningServer[]> =>
      Promise.all(Object.entries(guards).map(([name, guard]) => startServer(framework, name, guard, environment)))
    const rounds = await compare(start, issueTokens)
    printRounds(`${framework}: requests a second`, rounds, 'requestsPerSecond')
    printRounds(`${framework}: CPU a request, µs`, rounds, 'cpuMicroseconds')
  }
  await plane.kill()
}
