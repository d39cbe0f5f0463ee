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
import { startProcess } from '../processes.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'stepgate-bench-'))
const postgres = await startEmbeddedPostgres({ dataDir })
await migrate({ url: postgres.ownerUrl })
const database = openDatabase({ url: postgres.appUrl })
const fleet = await createBenchFleet(database)
const gateway = await startProcess(new URL('gateway-server.ts', import.meta.url), { BENCH_DATABASE: postgres.appUrl })

const measurements: Record<string, (token: string) => Promise<void>> = {
  polls: (token) => measurePolls(gateway, token),
  toggle: (token) => measureToggle(gateway.url, token, database, fleet, 200),
  crowd: (token) => measureToggle(gateway.url, token, database, fleet, 2_000),
  ingest: (token) => measureIngest(gateway.url, token, postgres.ownerUrl),
}

/** Names on the command line pick measurements; without any, all run. */
const picked = process.argv.slice(2)
try {
  const token = await requestMachineToken(gateway.url, fleet)
  for (const [name, measure] of Object.entries(measurements)) {
    if (picked.length > 0 && !picked.includes(name)) continue
    await measure(token)
    console.log(`gateway, resident       ${await residentMegabytes(gateway.url)} MB`)
  }
} finally {
  await gateway.stop()
  await database.close()
  await postgres.stop()
  rmSync(dataDir, { recursive: true, force: true })
}

async function residentMegabytes(url: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text()
  return Math.round(Number(/^process_resident_memory_bytes (\d+)$/m.exec(metrics)?.[1]) / 1e6)
}
