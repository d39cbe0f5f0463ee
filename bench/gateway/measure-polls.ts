import { randomUUID } from 'node:crypto'
import autocannon from 'autocannon'
import { median } from '../statistics.ts'
import { startProcess, type BenchProcess } from '../processes.ts'

const ROUNDS = 5
const SECONDS = 4
const CONNECTIONS = 32

const COUNTED = [
  'etag',
  'cache-control',
  'vary',
  'x-content-type-options',
  'x-frame-options',
  'referrer-policy',
  'content-security-policy',
  'cross-origin-resource-policy',
]

interface Rate {
  readonly perSecond: number
  readonly cpuMicroseconds: number
}

/**
 * Unchanged configuration, asked for again and again: beside node:http that answers with the same bytes. Throughput says what a
 * free machine does; CPU time per answer says the same where others use the machine too.
 */
export async function measurePolls(gateway: BenchProcess, token: string): Promise<void> {
  const { conditional, answerHeaders } = await prepare(gateway.url, token)
  const bare = await startProcess(new URL('bare-server.ts', import.meta.url), {
    BENCH_HEADERS: JSON.stringify(answerHeaders),
  })
  const rates: { readonly ours: Rate; readonly limit: Rate }[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    const rate = { limit: await load(bare, conditional), ours: await load(gateway, conditional) }
    if (round > 0) rates.push(rate) // the first warms both
  }
  await bare.stop()
  const ratio = median(rates.map(({ ours, limit }) => ours.perSecond / limit.perSecond))
  const cpuRatio = median(rates.map(({ ours, limit }) => limit.cpuMicroseconds / ours.cpuMicroseconds))
  const perSecond = (pick: 'ours' | 'limit') => Math.round(median(rates.map((rate) => rate[pick].perSecond)))
  const cpu = (pick: 'ours' | 'limit') => median(rates.map((rate) => rate[pick].cpuMicroseconds)).toFixed(1)
  console.log(
    `304 polls               ${perSecond('ours')}/s, bare node:http ${perSecond('limit')}/s: ratio ${ratio.toFixed(2)} (goal ≥ 0.85)`,
  )
  console.log(
    `304 polls, CPU          ${cpu('ours')} µs each, bare node:http ${cpu('limit')} µs: ratio ${cpuRatio.toFixed(2)}`,
  )
}

async function prepare(url: string, token: string) {
  const headers = {
    authorization: `Bearer ${token}`,
    'stepgate-instance': randomUUID(),
    'stepgate-workload': 'bench',
    'stepgate-applied': `${randomUUID()}:1`,
  }
  const first = await fetch(`${url}/v1/config`, { headers })
  await first.arrayBuffer()
  const conditional = { ...headers, 'if-none-match': first.headers.get('etag') ?? '' }
  const answered = await fetch(`${url}/v1/config`, { headers: conditional })
  if (answered.status !== 304) throw new Error(`The poll was answered with ${answered.status}.`)
  return { conditional, answerHeaders: COUNTED.flatMap((name) => [name, answered.headers.get(name) ?? '']) }
}

async function load(server: BenchProcess, headers: Record<string, string>): Promise<Rate> {
  const before = await server.readCpu()
  const result = await autocannon({
    url: `${server.url}/v1/config`,
    connections: CONNECTIONS,
    duration: SECONDS,
    headers,
  })
  return {
    perSecond: result['3xx'] / result.duration,
    cpuMicroseconds: ((await server.readCpu()) - before) / result['3xx'],
  }
}
