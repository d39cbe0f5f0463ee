import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import { type Database, openDatabase } from './database.ts'
import { APP_ROLE } from './embedded/cluster.ts'

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
  const ownerUrl = urlOf(name)
  const url = urlOf(name, APP_ROLE)
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
  return { ownerUrl: urlOf(name), drop: () => query(`DROP DATABASE ${name} WITH (FORCE)`) }
}

function urlOf(database: string, role?: string): string {
  const url = new URL(inject('testCluster'))
  url.pathname = `/${database}`
  if (role !== undefined) url.username = role
  return url.href
}

async function query(sql: string): Promise<void> {
  const client = new pg.Client(inject('testCluster'))
  await client.connect()
  await client.query(sql).finally(() => client.end())
}
