import { Agent, request } from 'node:http'
import type { Database } from '#lib/store/database.ts'
import { publish, type BenchFleet } from './bench-fleet.ts'
import { median, quantile } from '../statistics.ts'

const ROUNDS = 40

/** From the start of the change's transaction until the last held poll has read its new configuration to the end. */
export async function measureToggle(
  gatewayUrl: string,
  token: string,
  database: Database,
  fleet: BenchFleet,
  waiters: number,
): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: waiters })
  const poll = (etag: string, wait: boolean) =>
    pollOnce(`${gatewayUrl}/v1/config`, agent, {
      authorization: `Bearer ${token}`,
      'accept-encoding': 'gzip',
      'if-none-match': etag,
      ...(wait ? { prefer: 'wait=25' } : {}),
    })
  const lasts: number[] = []
  let { etag } = await poll('', false)
  for (let round = 0; round < ROUNDS; round++) {
    const held = Array.from({ length: waiters }, () => poll(etag, true))
    await allHeld(gatewayUrl, waiters)
    const startedAt = performance.now()
    await toggle(database, fleet, round)
    const answers = await Promise.all(held)
    lasts.push(performance.now() - startedAt)
    const fresh = new Set(answers.map((answer) => answer.etag))
    if (fresh.size !== 1 || fresh.has(etag)) throw new Error('Not every waiter received the one new configuration.')
    etag = answers[0]?.etag ?? ''
  }
  agent.destroy()
  const name = `toggle to last of ${waiters}`.padEnd(23)
  console.log(
    `${name} p50 ${median(lasts).toFixed(0)} ms, p99 ${quantile(lasts, 0.99).toFixed(0)} ms over ${ROUNDS} changes (goal p99 ≤ 500 ms)`,
  )
}

async function toggle(database: Database, { environmentId, endpointId }: BenchFleet, round: number): Promise<void> {
  await database.prisma.endpoint.update({
    where: { id: endpointId },
    data: { mode: round % 2 === 0 ? 'enforce' : 'log_only' },
  })
  await publish(database, environmentId)
}

async function allHeld(gatewayUrl: string, waiters: number): Promise<void> {
  for (;;) {
    const text = await (await fetch(`${gatewayUrl}/metrics`)).text()
    if (text.includes(`stepgate_config_waiting ${waiters}\n`)) return
  }
}

function pollOnce(url: string, agent: Agent, headers: Record<string, string>): Promise<{ etag: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, headers }, (response) => {
      response.resume()
      response.once('end', () => resolve({ etag: response.headers.etag ?? '' }))
    })
    sent.once('error', reject)
    sent.end()
  })
}
