/** Hello-JSON of a service with and without the middleware: requests a second, and CPU a request of the service's process. */
import autocannon from 'autocannon'
import { fork, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { CLIENT_ID, CLIENT_SECRET, TestControlPlane } from '../../sdk/test/control-plane.ts'
import { endpoint } from '../../sdk/test/fixtures.ts'
import { printTable } from './measure.ts'

const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 3)
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3)
const CONNECTIONS = 16
const CALLERS = 20
const TICK_MS = 10

interface RunningServer {
  readonly name: string
  readonly child: ChildProcess
  readonly port: number
}

async function startServer(
  framework: string,
  guard: string,
  environment: Record<string, string>,
): Promise<RunningServer> {
  const child = fork(fileURLToPath(new URL('./http-server.ts', import.meta.url)), [framework, guard], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  const port = await new Promise<number>((resolve, reject) => {
    child.on('exit', () => reject(new Error(`${framework} ${guard} did not start`)))
    child.stdout?.on('data', (chunk: Buffer) => resolve(Number(/port (\d+)/.exec(chunk.toString())?.[1])))
  })
  return { name: `${framework}, ${guard}`, child, port }
}

/** User and system time of a process so far (proc(5), fields 14 and 15). */
function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}

interface Round {
  readonly requestsPerSecond: number
  readonly cpuMicroseconds: number
}

async function load(server: RunningServer, tokens: readonly string[], seconds: number): Promise<Round> {
  const cpuBefore = cpuMs(server.child.pid ?? 0)
  const requests = tokens.map((token) => ({ path: '/orders/42', headers: { authorization: `Bearer ${token}` } }))
  const result = await autocannon({
    url: `http://127.0.0.1:${String(server.port)}`,
    connections: CONNECTIONS,
    duration: seconds,
    requests,
  })
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${server.name}: ${String(result.non2xx)} refusals, ${String(result.errors)} errors`)
  return {
    requestsPerSecond: result.requests.average,
    cpuMicroseconds: ((cpuMs(server.child.pid ?? 0) - cpuBefore) * 1000) / result.requests.total,
  }
}

const median = (values: readonly number[]): number =>
  values.toSorted((left, right) => left - right)[values.length >> 1] ?? 0

async function compare(servers: readonly RunningServer[], tokens: readonly string[]): Promise<Map<string, Round[]>> {
  const rounds = new Map<string, Round[]>(servers.map(({ name }) => [name, []]))
  for (const server of servers) await load(server, tokens, 1)
  for (let round = 0; round < ROUNDS; round++)
    for (const server of servers) rounds.get(server.name)?.push(await load(server, tokens, SECONDS))
  return rounds
}

export async function benchThroughput(): Promise<void> {
  const plane = await new TestControlPlane([endpoint('GET /orders/:orderId', 'enforce')]).start()
  plane.fault = (_request, response, route) =>
    route === 'GET /jwks' &&
    Boolean(
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ keys: [plane.tokenKey.publicJwk] })),
    )
  const environment = {
    STEPGATE_URL: plane.url,
    STEPGATE_CLIENT_ID: CLIENT_ID,
    STEPGATE_CLIENT_SECRET: CLIENT_SECRET,
    STEPGATE_CONFIG_KEY: plane.configKey.pin,
    BENCH_ISSUER: plane.issuer,
    BENCH_JWKS: `${plane.url}/jwks`,
    NODE_ENV: 'production',
  }
  const tokens = Array.from({ length: CALLERS }, (_, index) =>
    plane.issueToken({ client_id: `caller-${String(index)}` }),
  )
  for (const [framework, guards] of [
    ['express', ['none', 'stepgate', 'peer']],
    ['fastify', ['none', 'headers', 'stepgate']],
  ] as const) {
    const servers = await Promise.all(guards.map((guard) => startServer(framework, guard, environment)))
    const rounds = await compare(servers, tokens)
    const base = `${framework}, none`
    printTable(
      `${framework}: requests a second (peer: express-oauth2-jwt-bearer)`,
      new Map([...rounds].map(([name, all]) => [name, median(all.map(({ requestsPerSecond }) => requestsPerSecond))])),
      base,
      (value) => value.toFixed(0),
    )
    printTable(
      `${framework}: CPU a request`,
      new Map([...rounds].map(([name, all]) => [name, median(all.map(({ cpuMicroseconds }) => cpuMicroseconds))])),
      base,
      (value) => `${value.toFixed(1)} µs`,
    )
    for (const { child } of servers) child.disconnect()
  }
  await plane.kill()
}
