import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { findBinaries } from './embedded/binaries.ts'
import {
  APP_ROLE,
  type Cluster,
  DATABASE,
  initialize,
  OWNER_ROLE,
  prepareClusterFolder,
  prepareSocketFolder,
} from './embedded/cluster.ts'
import { type Passwords, preparePasswords, readPasswords } from './embedded/passwords.ts'
import { POSTGRES_ENVIRONMENT } from './embedded/postgres-environment.ts'
import { readPostmasterFile, stopPostmaster, waitUntil } from './embedded/postmaster.ts'
import { StoreError } from './store-error.ts'

const STARTER_NAME = 'stepgate-starter'
const START_DEADLINE_MS = 120_000

export interface EmbeddedPostgresOptions {
  readonly dataDir: string
  /** False gives up safety against power loss; for tests. */
  readonly durable?: boolean
  readonly connectionsMax?: number
}

export interface EmbeddedPostgres {
  /** The owner of the database, who migrates. */
  readonly ownerUrl: string
  /** The role of the gateway and the worker. */
  readonly appUrl: string
  urlOf(database: string, role?: 'owner' | 'app'): string
  /** Resolves when postgres ends, whoever ended it. */
  readonly exited: Promise<void>
  stop(): Promise<void>
}

/** URL of the owner of an embedded PostgreSQL that runs already; null when none does. */
export function findRunningOwnerUrl(dataDir: string): string | null {
  const passwords = readPasswords(dataDir)
  const running = passwords && readPostmasterFile(join(dataDir, 'postgres', 'data'))
  return running ? toUrl(running.socketFolder, DATABASE, 'owner', passwords) : null
}

/** Starts PostgreSQL on `<dataDir>/postgres`, reachable through a Unix socket of this user alone. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { folder, user } = prepareClusterFolder(options.dataDir)
  const binaries = findBinaries(user)
  await stopLeftover(options.dataDir, join(folder, 'data'))
  const cluster = initialize(folder, user, binaries, options.durable !== false)
  const passwords = preparePasswords(options.dataDir, binaries.postgres, cluster)
  const socketFolder = prepareSocketFolder(cluster)
  const postgres = spawnPostgres(binaries.postgres, cluster, toSettings(socketFolder, options))
  const watchdog = spawnWatchdog(postgres, cluster)
  const exited = new Promise<void>((resolve) => postgres.once('exit', () => resolve()))
  const urlOf = (database: string, role: 'owner' | 'app' = 'owner') => toUrl(socketFolder, database, role, passwords)
  const stop = async () => {
    if (postgres.pid !== undefined) await stopPostmaster(postgres.pid, () => hasExited(postgres))
    watchdog?.kill('SIGKILL')
  }
  try {
    await waitUntilReady(postgres, cluster)
    const starter = await connectAsStarter(urlOf(DATABASE))
    return {
      ownerUrl: urlOf(DATABASE),
      appUrl: urlOf(DATABASE, 'app'),
      urlOf,
      exited,
      stop: () =>
        starter
          .end()
          .catch(() => undefined)
          .then(stop),
    }
  } catch (error) {
    await stop()
    throw error
  }
}

const hasExited = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null

function toUrl(socketFolder: string, database: string, role: 'owner' | 'app', passwords: Passwords): string {
  const name = role === 'owner' ? OWNER_ROLE : APP_ROLE
  return `postgres://${name}:${passwords[role]}@localhost/${database}?host=${encodeURIComponent(socketFolder)}`
}

function toSettings(
  socketFolder: string,
  { durable = true, connectionsMax = 60 }: EmbeddedPostgresOptions,
): Record<string, string> {
  return {
    listen_addresses: '',
    unix_socket_directories: socketFolder,
    unix_socket_permissions: '0700',
    max_connections: connectionsMax.toString(),
    shared_buffers: '64MB',
    work_mem: '8MB',
    maintenance_work_mem: '64MB',
    max_wal_size: '512MB',
    wal_level: 'minimal',
    max_wal_senders: '0',
    max_logical_replication_workers: '0',
    io_method: 'sync',
    // It shares its few cores with those who ask: a second one for one question would delay all others.
    max_parallel_workers_per_gather: '0',
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_min_messages: 'warning',
    log_line_prefix: '%m [%p] ',
    ...(durable ? {} : { fsync: 'off', full_page_writes: 'off' }),
  }
}

/** In a session of its own: Ctrl-C in the terminal reaches the launcher alone, which stops postgres last. */
function spawnPostgres(
  binary: string,
  { folder, data, user }: Cluster,
  settings: Record<string, string>,
): ChildProcess {
  const log = openSync(join(folder, 'log'), 'w', 0o600)
  const args = ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
  const child = spawn(binary, args, {
    ...user,
    cwd: folder,
    env: POSTGRES_ENVIRONMENT,
    stdio: ['ignore', log, log],
    detached: true,
  })
  child.on('error', () => undefined)
  closeSync(log)
  return child
}

/** Stops postgres when this process ends, even by SIGKILL: its standard input is then at its end. */
function spawnWatchdog({ pid }: ChildProcess, { user, folder }: Cluster): ChildProcess | null {
  if (pid === undefined) return null
  const watchdog = spawn('/bin/sh', ['-c', 'read _; kill -INT "$1"', 'sh', pid.toString()], {
    ...user,
    cwd: folder,
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  watchdog.on('error', () => undefined)
  watchdog.unref()
  return watchdog
}

async function waitUntilReady(postgres: ChildProcess, { folder, data }: Cluster): Promise<void> {
  await waitUntil(() => hasExited(postgres) || isReady(postgres, data), START_DEADLINE_MS)
  if (isReady(postgres, data)) return
  const lines = readFileSync(join(folder, 'log'), 'utf8').split('\n')
  const detail = lines.findLast((line) => line.includes('FATAL'))?.replace(/^.*FATAL:\s*/, '')
  throw new StoreError(`The embedded PostgreSQL did not start: ${detail ?? `see ${join(folder, 'log')}`}.`)
}

const isReady = (postgres: ChildProcess, data: string) => {
  const file = readPostmasterFile(data)
  return file?.pid === postgres.pid && file?.ready === true
}

/** Held for as long as this process lives: tells others that these files are in use. */
async function connectAsStarter(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: STARTER_NAME, keepAlive: true })
  client.on('error', () => undefined)
  await client.connect()
  return client
}

/** A postgres whose starter is gone is stopped; one whose starter lives is somebody else's. */
async function stopLeftover(dataDir: string, data: string): Promise<void> {
  const leftover = readPostmasterFile(data)
  if (!leftover) return
  if (await hasStarter(dataDir, leftover.socketFolder)) {
    throw new StoreError(
      `The database files in ${data} are in use by another Stepgate: stop it, or set STEPGATE_DATA_DIR to another folder.`,
    )
  }
  await stopPostmaster(leftover.pid)
}

async function hasStarter(dataDir: string, socketFolder: string): Promise<boolean> {
  const passwords = readPasswords(dataDir)
  if (!passwords) return false
  const client = new pg.Client({
    connectionString: toUrl(socketFolder, DATABASE, 'owner', passwords),
    connectionTimeoutMillis: 5_000,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query<{ taken: boolean }>(
      'SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = $1) AS taken',
      [STARTER_NAME],
    )
    return rows[0]?.taken === true
  } catch {
    // It is starting or stopping; stopping it is safe, as its data is durable.
    return false
  } finally {
    await client.end().catch(() => undefined)
  }
}
