import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DecisionBatch } from '#lib/contract/machine.ts'
import { createDecisionIngest } from '#lib/control/decision/decision-ingest.ts'
import { openDatabase, type Database } from '#lib/store/database.ts'
import { dayOf, ensureDecisionPartitions } from '#lib/store/decisions/decision-days.ts'
import { startEmbeddedPostgres } from '#lib/store/embedded-postgres.ts'
import { migrate } from '#lib/store/migrate.ts'
import { toDecisionBatch } from '../../sdk/src/report/decision-batch.ts'
import { nothingDropped, type DecisionWindow } from '../../sdk/src/report/decision-queue.ts'
import type { FoldedDecisions } from '../../sdk/src/report/fold.ts'
import type { InstanceReport } from '../../sdk/src/report/instance-report.ts'
import { toDecisionContext } from './decision-context.ts'
import type { Fleet, FleetService } from './make-fleet.ts'
import { DAY_MS, HOUR_MS } from './rhythms.ts'

/** Windows that the instances of one service closed. */
export interface ClosedWindow {
  readonly service: FleetService
  readonly window: DecisionWindow
}

/** A fleet in the database, under the time of the machine. */
export interface StoredFleet {
  readonly database: Database
  readonly environmentId: string
  /** Ids in the database, by those of the fleet. */
  readonly serviceIds: ReadonlyMap<string, string>
  readonly endpointIds: ReadonlyMap<string, string>
  /** What has to be added to a moment of the fleet. */
  readonly shiftMs: number
}

export interface FleetStore {
  store(fleet: Fleet, windows: readonly ClosedWindow[], untilMs: number): Promise<StoredFleet>
  close(): Promise<void>
}

/** Decisions older than a month are not taken. */
export const STORED_DAYS = 30
const ITEMS_MAX = 1_000

/** An embedded PostgreSQL for the fleets that are stored, each in an environment of its own. */
export async function openFleetStore(): Promise<FleetStore> {
  const dataDir = mkdtempSync(join(tmpdir(), 'stepgate-fleets-'))
  const postgres = await startEmbeddedPostgres({ dataDir, durable: false })
  await migrate({ url: postgres.ownerUrl })
  const database = openDatabase({ url: postgres.appUrl })
  return {
    store: (fleet, windows, untilMs) => storeFleet(database, fleet, windows, untilMs),
    close: async () => {
      await database.close()
      await postgres.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

async function storeFleet(
  database: Database,
  fleet: Fleet,
  windows: readonly ClosedWindow[],
  untilMs: number,
): Promise<StoredFleet> {
  const shiftMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - untilMs
  const stored = { database, shiftMs, ...(await createEntities(database, fleet)) }
  const today = dayOf(Date.now())
  await ensureDecisionPartitions(database.pool, today - STORED_DAYS - 1, today + 1)
  const ingest = createDecisionIngest(toDecisionContext(database))
  for (const [service, own] of Map.groupBy(windows, (closed) => closed.service)) {
    const serviceId = stored.serviceIds.get(service.id) ?? ''
    for (const batch of toBatches(service, own, shiftMs)) {
      const { refused } = await ingest({ environmentId: stored.environmentId, serviceId }, batch)
      if (refused.length > 0) throw new Error(`seed ${fleet.seed}: ${JSON.stringify(refused[0])}`)
    }
  }
  return stored
}

async function createEntities({ prisma }: Database, { seed, endpoints }: Fleet) {
  const environment = await prisma.environment.create({ data: { slug: `fleet-${seed}`, name: `Fleet ${seed}` } })
  const serviceIds = new Map<string, string>()
  for (const { id, slug } of new Set(endpoints.map(({ service }) => service))) {
    const name = `${slug}-${seed}`
    serviceIds.set(id, (await prisma.service.create({ data: { slug: name, name } })).id)
  }
  const endpointIds = new Map<string, string>()
  for (const { id, service, method, route, draft } of endpoints) {
    const rule = JSON.parse(JSON.stringify(draft)) as object // Prisma's JSON input is not readonly
    const data = { environmentId: environment.id, serviceId: serviceIds.get(service.id) ?? '', method, route, rule }
    endpointIds.set(id, (await prisma.endpoint.create({ data: { ...data, source: 'manual', mode: 'log_only' } })).id)
  }
  return { environmentId: environment.id, serviceIds, endpointIds }
}

/** As an instance sends them, many windows at once. */
function toBatches({ slug }: FleetService, windows: readonly ClosedWindow[], shiftMs: number): DecisionBatch[] {
  const items = windows.flatMap(({ window }) => window.items.map((item) => shift(item, shiftMs)))
  return Array.from({ length: Math.ceil(items.length / ITEMS_MAX) }, (_, index) => {
    const part = items.slice(index * ITEMS_MAX, (index + 1) * ITEMS_MAX)
    const window = { fromMs: part[0]?.firstAtMs ?? 0, toMs: part.at(-1)?.lastAtMs ?? 0, items: part }
    return DecisionBatch.parse(JSON.parse(toDecisionBatch(window, nothingDropped(), describe(slug)).json))
  })
}

const shift = (item: FoldedDecisions, byMs: number): FoldedDecisions => ({
  ...item,
  ...{ firstAtMs: item.firstAtMs + byMs, lastAtMs: item.lastAtMs + byMs },
})

const describe = (workload: string): InstanceReport => ({
  ...{ id: crypto.randomUUID(), workload, sdkVersion: 'fleet', nodeVersion: process.version, framework: 'fleet' },
  ...{
    hostname: 'fleet',
    startedAt: new Date(Date.now() - DAY_MS).toISOString(),
    epoch: null,
    revision: null,
    state: 'fresh',
  },
})
