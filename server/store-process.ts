import pg from 'pg'
import { type Database, openDatabase } from '#lib/store/database.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '#lib/store/embedded-postgres.ts'
import { migrate } from '#lib/store/migrate.ts'
import { StartupError } from './startup-error.ts'

const APP_ROLE = 'stepgate_app'
const CONNECT_WITHIN_MS = 10_000
const START_AGAIN_WITHIN_MS = 120_000
const START_AGAIN_PAUSE_MS = 500

export interface Store {
  readonly database: Database
  readonly applied: readonly string[]
  close(): Promise<void>
}

export interface StoreOptions {
  readonly dataDir: string
  readonly databaseUrl: string | null
  readonly onNotice: (sentence: string) => void
}

/** The migrated database: the server of DATABASE_URL, or the embedded one, which is started. */
export function openStore(options: StoreOptions): Promise<Store> {
  return options.databaseUrl === null ? openEmbedded(options) : openExternal(options.databaseUrl, options)
}

async function openEmbedded({ dataDir, onNotice }: StoreOptions): Promise<Store> {
  const supervisor = await superviseEmbedded(dataDir, onNotice)
  try {
    const applied = await migrate({ url: supervisor.ownerUrl, onNotice })
    const database = openDatabase({ url: supervisor.appUrl })
    return { database, applied, close: () => database.close().finally(supervisor.stop) }
  } catch (error) {
    await supervisor.stop()
    throw error
  }
}

/** What a killed postgres was doing may go on for a while, and holds its memory until it is done. */
async function startAgain(dataDir: string): Promise<EmbeddedPostgres> {
  const endMs = performance.now() + START_AGAIN_WITHIN_MS
  for (;;) {
    try {
      return await startEmbeddedPostgres({ dataDir })
    } catch (error) {
      if (performance.now() > endMs) throw error
      await new Promise((resolve) => setTimeout(resolve, START_AGAIN_PAUSE_MS))
    }
  }
}

/** Starts postgres again when it ends on its own; the address stays the same, and the pools connect anew. */
async function superviseEmbedded(dataDir: string, onNotice: (sentence: string) => void) {
  let postgres = await startEmbeddedPostgres({ dataDir })
  let stopping = false
  const watch = (running: EmbeddedPostgres): void => {
    void running.exited
      .then(async () => {
        if (stopping) return
        onNotice('The embedded PostgreSQL ended unexpectedly; starting it again.')
        await running.stop()
        postgres = await startAgain(dataDir)
        watch(postgres)
      })
      .catch((error: unknown) => {
        onNotice(
          `The embedded PostgreSQL cannot be started again: ${error instanceof Error ? error.message : String(error)}`,
        )
        process.exit(1)
      })
  }
  watch(postgres)
  const stop = () => {
    stopping = true
    return postgres.stop()
  }
  return { ownerUrl: postgres.ownerUrl, appUrl: postgres.appUrl, stop }
}

async function openExternal(url: string, { onNotice }: StoreOptions): Promise<Store> {
  await requireReachable(url)
  const applied = await migrate({ url, onNotice })
  const role = (await mayTakeRole(url)) ? { role: APP_ROLE } : {}
  const database = openDatabase({ url, ...role })
  return { database, applied, close: () => database.close() }
}

export async function requireReachable(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_WITHIN_MS })
  client.on('error', () => undefined)
  try {
    await client.connect()
  } catch (error) {
    throw new StartupError(
      `The database of DATABASE_URL (${describeAddress(url)}) cannot be reached: ${describeConnectError(error)}.`,
      { cause: error },
    )
  } finally {
    await client.end().catch(() => undefined)
  }
}

async function mayTakeRole(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(`SET ROLE ${APP_ROLE}`)
    await client.query('SELECT FROM environment LIMIT 0')
    return true
  } catch {
    return false
  } finally {
    await client.end()
  }
}

/** Host, port and database: never the password. */
function describeAddress(url: string): string {
  if (!URL.canParse(url)) return 'not a URL that can be read'
  const { host, pathname, searchParams } = new URL(url)
  return `${searchParams.get('host') ?? host}${pathname}`
}

function describeConnectError(error: unknown): string {
  if (error instanceof AggregateError) return describeConnectError(error.errors[0])
  const { code, message } = error as NodeJS.ErrnoException
  const known: Readonly<Record<string, string>> = {
    ECONNREFUSED: 'nothing listens there',
    ENOTFOUND: 'its host name is not known',
    EAI_AGAIN: 'its host name cannot be looked up now',
    ENOENT: 'its socket does not exist',
    EHOSTUNREACH: 'there is no route to its host',
    '28P01': 'the password is wrong',
    '28000': 'this user may not connect',
    '3D000': 'the database does not exist',
    '53300': 'it has no connection left',
    '57P03': 'it is starting up',
  }
  return known[code ?? ''] ?? message.replace(/\.$/, '').split('\n')[0] ?? 'unknown reason'
}
