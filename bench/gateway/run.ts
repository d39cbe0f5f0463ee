import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '#lib/store/database.ts'
import { startEmbeddedPostgres } from '#lib/store/embedded-postgres.ts'
import { migrate } from '#lib/store/migrate.ts'
import { createBenchFleet, requestMachineToken } from './bench-fleet.ts'
import { measureIngest } from './measure-ingest.ts'
import { measurePolls } from './measure-polls.ts'
import { measureToggle } from './measure-toggle.ts'
import { startProcess } from './processes.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'stepgate-bench-'))
const postgres = await startEmbeddedPostgres({ dataDir })
await migrate({ url: postgres.ownerUrl })
const database = openDatabase({ url: postgres.appUrl })
const fleet = await createBenchFleet(database)
const gateway = await startProcess('gateway-server.ts', { BENCH_DATABASE: postgres.appUrl })
try {
  const token = await requestMachineToken(gateway.url, fleet)
  await measurePolls(gateway.url, token)
  await measureToggle(gateway.url, token, database, fleet, 200)
  await measureToggle(gateway.url, token, database, fleet, 2_000)
  await measureIngest(gateway.url, token, postgres.ownerUrl)
  const metrics = await (await fetch(`${gateway.url}/metrics`)).text()
  const bytes = Number(/^process_resident_memory_bytes (\d+)$/m.exec(metrics)?.[1])
  console.log(`gateway, resident       ${Math.round(bytes / 1e6)} MB at the end`)
} finally {
  await gateway.stop()
  await database.close()
  await postgres.stop()
  rmSync(dataDir, { recursive: true, force: true })
}
