import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import { type Database, openDatabase } from './database.ts'

export interface TestDatabase extends Database {
  /** As the application role, the way the gateway and the worker connect. */
  readonly url: string
  /** As the owner, who may break what the application cannot. */
  readonly ownerUrl: string
  /** Closes the connections and drops the database. */
  close(): Promise<void>
}

/** A migrated, empty database for one test file. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await query(`CREATE DATABASE ${name} TEMPLATE template`)
  const ownerUrl = urlOf('owner', name)
  const url = urlOf('app', name)
  const database = openDatabase({ url, applicationName: 'stepgate-test' })
  return {
    ...database,
    url,
    ownerUrl,
    close: async () => {
      await database.close()
      await query(`DROP DATABASE ${name} WITH (FORCE)`)
    },
  }
}

/** An empty database that no migration has touched. */
export async function createEmptyDatabase(): Promise<{ ownerUrl: string; drop: () => Promise<void> }> {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await query(`CREATE DATABASE ${name}`)
  return { ownerUrl: urlOf('owner', name), drop: () => query(`DROP DATABASE ${name} WITH (FORCE)`) }
}

function urlOf(role: 'owner' | 'app', database: string): string {
  const url = new URL(inject('testCluster')[role])
  url.pathname = `/${database}`
  return url.href
}

async function query(sql: string): Promise<void> {
  const client = new pg.Client(inject('testCluster').owner)
  await client.connect()
  await client.query(sql).finally(() => client.end())
}
