import { randomUUID } from 'node:crypto'
import autocannon from 'autocannon'
import { median } from './statistics.ts'
import { startProcess } from './processes.ts'

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

/** Unchanged configuration, asked for again and again: beside node:http that answers with the same bytes. */
export async function measurePolls(gatewayUrl: string, token: string): Promise<void> {
  const headers = {
    authorization: `Bearer ${token}`,
    'stepgate-instance': randomUUID(),
    'stepgate-workload': 'bench',
    'stepgate-applied': `${randomUUID()}:1`,
  }
  const first = await fetch(`${gatewayUrl}/v1/config`, { headers })
  await first.arrayBuffer()
  const conditional = { ...headers, 'if-none-match': first.headers.get('etag') ?? '' }
  const answered = await fetch(`${gatewayUrl}/v1/config`, { headers: conditional })
  if (answered.status !== 304) throw new Error(`The poll was answered with ${answered.status}.`)
  const same = COUNTED.flatMap((name) => (answered.headers.has(name) ? [name, answered.headers.get(name) ?? ''] : []))
  const bare = await startProcess('bare-server.ts', { BENCH_HEADERS: JSON.stringify(same) })
  const ratios: number[] = []
  const rates = { gateway: [] as number[], bare: [] as number[] }
  for (let round = 0; round <= ROUNDS; round++) {
    const limit = await load(bare.url, conditional)
    const ours = await load(gatewayUrl, conditional)
    if (round === 0) continue // warms both
    rates.bare.push(limit)
    rates.gateway.push(ours)
    ratios.push(ours / limit)
  }
  await bare.stop()
  console.log(
    `304 polls               ${Math.round(median(rates.gateway))}/s, bare node:http ${Math.round(median(rates.bare))}/s: ratio ${median(ratios).toFixed(2)} (goal ≥ 0.85)`,
  )
}

async function load(url: string, headers: Record<string, string>): Promise<number> {
  const result = await autocannon({ url: `${url}/v1/config`, connections: CONNECTIONS, duration: SECONDS, headers })
  return result['3xx'] / result.duration
}
