import { Agent } from 'node:http'
import { gzipSync } from 'node:zlib'
import pg from 'pg'
import { createWideTable, ITEMS_PER_BATCH, makeBatch, measureCopy, send } from '../gateway/measure-ingest.ts'
import type { BenchProcess } from '../processes.ts'
import { median } from '../statistics.ts'
import { judge } from './verdicts.ts'

const ROUNDS = 5
const BATCHES = 60
const SENDERS = 16
const FOLDED_COUNT = 20
const GOAL = 3

/** Decisions folded twenty to an item, through the gateway; each batch is sent twice, and counts once. */
export async function measureFolded(gateway: BenchProcess, token: string, ownerUrl: string): Promise<void> {
  const client = new pg.Client(ownerUrl)
  client.on('error', () => undefined) // what went wrong is thrown elsewhere
  await client.connect()
  await createWideTable(client)
  const rounds: { copied: number; stored: number }[] = []
  const before = await countStored(client)
  const walBefore = await readWalBytes(client)
  const cpuBefore = await gateway.readCpu()
  for (let round = 0; round <= ROUNDS; round++) {
    const copied = await measureCopy(client)
    const stored = await sendFolded(gateway.url, token)
    if (round > 0) rounds.push({ copied, stored })
  }
  const items = (ROUNDS + 1) * BATCHES * ITEMS_PER_BATCH
  const wal = ((await readWalBytes(client)) - walBefore) / items
  const cpu = ((await gateway.readCpu()) - cpuBefore) / items
  console.log(`  an item takes ${cpu.toFixed(1)} µs of the gateway's CPU and ${wal.toFixed(0)} bytes of WAL`)
  const added = (await countStored(client)) - before
  const sent = items * FOLDED_COUNT
  await client.query('DROP TABLE bench_wide')
  await client.end()
  const ratio = median(rounds.map(({ copied, stored }) => stored / copied))
  judge({
    what: 'folded decisions, durable, exactly once, HTTP included',
    goal: `≥ ${String(GOAL)} × bare`,
    measured: `${ratio.toFixed(1)} × (${String(Math.round(median(rounds.map(({ stored }) => stored))))}/s; ${String(added)} of ${String(sent)} counted)`,
    isMet: ratio >= GOAL && added === sent,
  })
}

async function sendFolded(gatewayUrl: string, token: string): Promise<number> {
  const bodies = Array.from({ length: BATCHES }, (_, index) =>
    gzipSync(JSON.stringify(makeBatch(index * ITEMS_PER_BATCH, { count: FOLDED_COUNT })), { level: 1 }),
  )
  const agent = new Agent({ keepAlive: true, maxSockets: SENDERS })
  const sendAll = async (bodiesLeft: Iterable<Buffer>): Promise<void> => {
    const next = bodiesLeft[Symbol.iterator]()
    await Promise.all(
      Array.from({ length: SENDERS }, async () => {
        for (let item = next.next(); item.done !== true; item = next.next())
          await send(`${gatewayUrl}/v1/decisions`, agent, token, item.value)
      }),
    )
  }
  const startedAt = performance.now()
  await sendAll(bodies)
  const seconds = (performance.now() - startedAt) / 1_000
  await sendAll(bodies.slice(0, SENDERS))
  agent.destroy()
  return (BATCHES * ITEMS_PER_BATCH * FOLDED_COUNT) / seconds
}

async function readWalBytes(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ bytes: number }>(
    `SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8 AS bytes`,
  )
  return rows[0]?.bytes ?? 0
}

async function countStored(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    'SELECT coalesce(sum(count), 0)::float8 AS count FROM decision_hour',
  )
  return rows[0]?.count ?? 0
}
