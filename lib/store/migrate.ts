import { createHash, randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { toConnectionSettings } from './connection-settings.ts'
import { StoreError } from './store-error.ts'

const MIGRATIONS_FOLDER = fileURLToPath(new URL('../../prisma/migrations', import.meta.url))
/** The lock Prisma's own command takes, so that both cannot migrate at once. */
const MIGRATION_LOCK = 72_707_369
const SERVER_VERSION_MIN = 15

const CREATE_MIGRATION_TABLE = `
  CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id" VARCHAR(36) PRIMARY KEY NOT NULL,
    "checksum" VARCHAR(64) NOT NULL,
    "finished_at" TIMESTAMPTZ,
    "migration_name" VARCHAR(255) NOT NULL,
    "logs" TEXT,
    "rolled_back_at" TIMESTAMPTZ,
    "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
    "applied_steps_count" INTEGER NOT NULL DEFAULT 0
  )`

export interface Migration {
  readonly name: string
  readonly sql: string
  readonly checksum: string
}

export interface MigrateOptions {
  readonly url: string
  readonly migrations?: readonly Migration[]
  /** Notices that migrations raise for the person who runs them. */
  readonly onNotice?: (message: string) => void
}

export function readMigrations(folder = MIGRATIONS_FOLDER): Migration[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => {
      const sql = readFileSync(join(folder, name, 'migration.sql'), 'utf8')
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Applies what is missing, each migration in a transaction of its own, and answers the names of those applied. */
export async function migrate({ url, migrations = readMigrations(), onNotice }: MigrateOptions): Promise<string[]> {
  const client = new pg.Client(toConnectionSettings({ url, applicationName: 'stepgate-migrate' }))
  client.on('notice', ({ severity, message }) => {
    if (severity === 'NOTICE' && message?.startsWith('Role stepgate_app') === true) onNotice?.(message)
  })
  await client.connect()
  try {
    await requireServerVersion(client)
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK])
    await client.query(CREATE_MIGRATION_TABLE)
    const missing = await findMissing(client, migrations)
    for (const migration of missing) await apply(client, migration)
    return missing.map(({ name }) => name)
  } finally {
    await client.end()
  }
}

async function requireServerVersion(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ version: string; encoding: string }>(
    `SELECT current_setting('server_version') AS version, current_setting('server_encoding') AS encoding`,
  )
  const { version = '', encoding = '' } = rows[0] ?? {}
  if (Number.parseInt(version, 10) < SERVER_VERSION_MIN) {
    throw new StoreError(
      `The database server is PostgreSQL ${version}; Stepgate needs ${SERVER_VERSION_MIN.toString()} or newer.`,
    )
  }
  if (encoding !== 'UTF8') throw new StoreError(`The database has the encoding ${encoding}; Stepgate needs UTF8.`)
}

async function findMissing(client: pg.Client, migrations: readonly Migration[]): Promise<Migration[]> {
  const { rows } = await client.query<{ migration_name: string; checksum: string; finished_at: Date | null }>(
    'SELECT migration_name, checksum, finished_at FROM "_prisma_migrations" WHERE rolled_back_at IS NULL ORDER BY migration_name',
  )
  const known = new Map(migrations.map((migration) => [migration.name, migration]))
  for (const row of rows) requireSame(row.migration_name, row.checksum, known.get(row.migration_name))
  const unfinished = rows.find((row) => row.finished_at === null)
  if (unfinished)
    throw new StoreError(
      `Migration ${unfinished.migration_name} of the database did not finish; restore a backup or finish it by hand.`,
    )
  const applied = new Set(rows.map((row) => row.migration_name))
  return migrations.filter(({ name }) => !applied.has(name))
}

function requireSame(name: string, checksum: string, migration: Migration | undefined): void {
  if (!migration)
    throw new StoreError(
      `The database is newer than this version of Stepgate: it has migration ${name}, which is not known here.`,
    )
  if (migration.checksum !== checksum)
    throw new StoreError(`Migration ${name} was applied to the database with other content than it has here.`)
}

async function apply(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  await client.query('BEGIN')
  try {
    await client.query('INSERT INTO "_prisma_migrations" (id, checksum, migration_name) VALUES ($1, $2, $3)', [
      randomUUID(),
      checksum,
      name,
    ])
    await client.query(sql)
    await client.query(
      'UPDATE "_prisma_migrations" SET finished_at = clock_timestamp(), applied_steps_count = 1 WHERE migration_name = $1 AND finished_at IS NULL',
      [name],
    )
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK')
    throw new StoreError(`Migration ${name} failed: ${error instanceof Error ? error.message : String(error)}.`, {
      cause: error,
    })
  }
}
