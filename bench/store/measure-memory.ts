import { Agent } from 'node:http'
import { gzipSync } from 'node:zlib'
import { ITEMS_PER_BATCH, makeBatch, send } from '../gateway/measure-ingest.ts'
import { median } from '../statistics.ts'
import { judge } from './verdicts.ts'

const SENDERS = 8
const LOOK_EVERY_MS = 1_000
const MB_MAX = 300
const GROWTH_MAX = 1.1

/** Resident memory of the gateway while batches come as fast as it takes them. */
export async function measureMemory(gatewayUrl: string, token: string, minutes: number): Promise<void> {
  const stop = new AbortController()
  const agent = new Agent({ keepAlive: true, maxSockets: SENDERS })
  let batches = 0
  const senders = Array.from({ length: SENDERS }, async () => {
    while (!stop.signal.aborted) {
      const body = gzipSync(JSON.stringify(makeBatch(batches++ * ITEMS_PER_BATCH)), { level: 1 })
      await send(`${gatewayUrl}/v1/decisions`, agent, token, body)
    }
  })
  const seen: number[] = []
  const until = performance.now() + minutes * 60_000
  while (performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
    seen.push(await residentMegabytes(gatewayUrl))
  }
  stop.abort()
  await Promise.all(senders)
  agent.destroy()
  // What it needs at work is there after the first quarter.
  const quarter = Math.floor(seen.length / 4)
  const early = median(seen.slice(quarter, 2 * quarter))
  const late = median(seen.slice(-quarter))
  const most = Math.max(...seen)
  judge({
    what: `gateway memory, ${String(minutes)} min of ingest, ${String(batches)} batches`,
    goal: `flat, ≤ ${String(MB_MAX)} MB`,
    measured: `${most.toFixed(0)} MB at most, ${early.toFixed(0)} MB in the second quarter and ${late.toFixed(0)} MB in the last`,
    isMet: most <= MB_MAX && late <= GROWTH_MAX * early,
  })
}

export async function residentMegabytes(url: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text()
  return Number(/^process_resident_memory_bytes (\d+)$/m.exec(metrics)?.[1]) / 1e6
}
