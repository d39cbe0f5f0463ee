import { randomUUID } from 'node:crypto'
import pg from 'pg'
import type { SignatureReport } from '#lib/contract/machine.ts'
import type { DecisionContext } from '#lib/control/context.ts'
import { createDecisionIngest } from '#lib/control/decision/decision-ingest.ts'
import { createPostgresDecisionStore } from '#lib/store/decisions/postgres-decision-store.ts'
import { createWideTable, ITEMS_PER_BATCH, makeBatch, measureCopy } from '../gateway/measure-ingest.ts'
import { median } from '../statistics.ts'
import { judge } from './verdicts.ts'

const ROUNDS = 5
/** Each is sent several times, with another id: that many distinct ones would cost the collection of garbage what none of them costs a gateway. */
const BATCHES = 100
const TIMES = 4
/** As many instances report at once. */
const IN_FLIGHT = 128
const GOAL = 1.2

export interface BenchStore {
  readonly pool: pg.Pool
  readonly ownerUrl: string
  readonly environmentId: string
  readonly serviceId: string
}

const DENIAL: Partial<SignatureReport> = {
  outcome: 'would-deny',
  reason: 'scope-missing',
  missingScopes: ['things:delete'],
}

/** Every denial an item of its own, parsed, deduplicated, counted and committed, beside bare COPY of the same facts as wide rows. */
export async function measureRaw({ pool, ownerUrl, environmentId, serviceId }: BenchStore): Promise<void> {
  const client = new pg.Client(ownerUrl)
  client.on('error', () => undefined) // what went wrong is thrown elsewhere
  await client.connect()
  await createWideTable(client)
  const context: DecisionContext = { pool, decisions: createPostgresDecisionStore(pool) }
  const ingest = createDecisionIngest(context)
  const rounds: { copied: number; stored: number }[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    const copied = await measureCopy(client)
    const stored = await storeDenials((batch) => ingest({ environmentId, serviceId }, { ...batch, replayed: false }))
    if (round > 0) rounds.push({ copied, stored }) // the first warms caches and learns the signatures
  }
  await client.query('DROP TABLE bench_wide')
  await client.end()
  const ratio = median(rounds.map(({ copied, stored }) => stored / copied))
  const rates = `${String(Math.round(median(rounds.map(({ stored }) => stored))))}/s, bare ${String(Math.round(median(rounds.map(({ copied }) => copied))))} rows/s`
  judge({
    what: 'raw denials, durable, indexed, deduplicated',
    goal: `≥ ${String(GOAL)} × bare`,
    measured: `${ratio.toFixed(2)} × (${rates})`,
    isMet: ratio >= GOAL,
  })
}

type Batch = ReturnType<typeof makeBatch>

async function storeDenials(ingest: (batch: Batch) => Promise<unknown>): Promise<number> {
  const made = Array.from({ length: BATCHES }, (_, index) => makeBatch(index * ITEMS_PER_BATCH, DENIAL))
  const batches = Array.from({ length: TIMES }, () => made.map((batch) => ({ ...batch, batchId: randomUUID() }))).flat()
  const startedAt = performance.now()
  const next = batches.values()
  await Promise.all(
    Array.from({ length: IN_FLIGHT }, async () => {
      for (const batch of next) await ingest(batch)
    }),
  )
  return (batches.length * ITEMS_PER_BATCH) / ((performance.now() - startedAt) / 1_000)
}
