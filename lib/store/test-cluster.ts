import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { startEmbeddedPostgres } from './embedded-postgres.ts'
import { migrate } from './migrate.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** URLs of the cluster's maintenance database; a migrated database `template` stands beside it. */
    testCluster: { readonly owner: string; readonly app: string }
  }
}

/** One PostgreSQL for the whole run, with a migrated database that every test file copies. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = mkdtempSync(join(tmpdir(), 'stepgate-test-'))
  const postgres = await startEmbeddedPostgres({ dataDir, durable: false, connectionsMax: 300 })
  const client = new pg.Client(postgres.urlOf('postgres'))
  await client.connect()
  await client.query('CREATE DATABASE template')
  await client.end()
  await migrate({ url: postgres.urlOf('template') })
  project.provide('testCluster', { owner: postgres.urlOf('postgres'), app: postgres.urlOf('postgres', 'app') })
  return async () => {
    await postgres.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}
