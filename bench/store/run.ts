// The store of decisions, beside the bare limit: npm run bench:store -- [raw folded growth charts replay memory] [--minutes=1]
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { openDatabase, type Database } from '#lib/store/database.ts'
import { storeDaySegments } from '#lib/store/decisions/day-segments.ts'
import { startEmbeddedPostgres } from '#lib/store/embedded-postgres.ts'
import { migrate } from '#lib/store/migrate.ts'
import { createBenchFleet, requestMachineToken } from '../gateway/bench-fleet.ts'
import { startProcess } from '../processes.ts'
import { measureCharts } from './measure-charts.ts'
import { measureFolded } from './measure-folded.ts'
import { measureGrowth } from './measure-growth.ts'
import { measureMemory } from './measure-memory.ts'
import { measureRaw } from './measure-raw.ts'
import { measureReplay } from './measure-replay.ts'
import { createEnvironment, fillMonth, type RecordedMonth } from './recorded-month.ts'
import { printVerdicts } from './verdicts.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { minutes: { type: 'string', default: '1' } },
})
/** Names on the command line pick parts; without any, all run. */
const isPicked = (...names: readonly string[]): boolean =>
  positionals.length === 0 || names.some((name) => positionals.includes(name))

const dataDir = mkdtempSync(join(tmpdir(), 'stepgate-bench-'))
const postgres = await startEmbeddedPostgres({ dataDir })
await migrate({ url: postgres.ownerUrl })
try {
  if (isPicked('raw', 'folded', 'memory')) await measureIngest()
  if (isPicked('growth', 'charts', 'replay')) await measureMonths()
  printVerdicts()
} finally {
  await postgres.stop()
  rmSync(dataDir, { recursive: true, force: true })
}

async function measureIngest(): Promise<void> {
  const database = openDatabase({ url: postgres.appUrl })
  const fleet = await createBenchFleet(database)
  const { environmentId } = fleet
  const service = await database.prisma.service.findUniqueOrThrow({ where: { slug: fleet.clientId } })
  if (isPicked('raw'))
    await measureRaw({ pool: database.pool, ownerUrl: postgres.ownerUrl, environmentId, serviceId: service.id })
  const gateway = await startProcess(new URL('../gateway/gateway-server.ts', import.meta.url), {
    BENCH_DATABASE: postgres.appUrl,
  })
  const token = await requestMachineToken(gateway.url, fleet)
  if (isPicked('folded')) await measureFolded(gateway, token, postgres.ownerUrl)
  if (isPicked('memory')) await measureMemory(gateway.url, token, Number(values.minutes))
  await gateway.stop()
  await database.pool.query('DELETE FROM decision_hour')
  await database.close()
}

async function measureMonths(): Promise<void> {
  const database = openDatabase({ url: postgres.appUrl })
  const client = new pg.Client(postgres.ownerUrl)
  client.on('error', () => undefined) // what went wrong is thrown elsewhere
  await client.connect()
  const month = await fill(database, client, 1)
  if (isPicked('growth')) await measureGrowth(client, database.pool, month)
  if (isPicked('charts'))
    await measureCharts(database.pool, [await fill(database, client, 0.01), month, await fill(database, client, 100)])
  if (isPicked('replay')) await measureReplay(database.pool, month)
  await client.end()
  await database.close()
}

async function fill(database: Database, client: pg.Client, volume: number): Promise<RecordedMonth> {
  const startedAt = performance.now()
  const month = await createEnvironment(database, volume)
  await fillMonth(client, month)
  await storeDaySegments(database.pool) // as the worker does
  await client.query('VACUUM ANALYZE decision_day, decision_day_segment, decision_hour, decision_signature, endpoint')
  console.log(`  a month at ${volume} × filled in ${((performance.now() - startedAt) / 1_000).toFixed(0)} s`)
  return month
}
