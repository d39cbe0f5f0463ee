import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { findBinaries } from './embedded/binaries.ts'
import { APP_ROLE, type Cluster, initialize, OWNER_ROLE, prepareClusterFolder, prepareSocketFolder } from './embedded/cluster.ts'
import { readPostmasterFile, stopPostmaster, waitUntil } from './embedded/postmaster.ts'
import { StoreError } from './store-error.ts'

/** Held by the program that started postgres, for as long as it lives. */
const STARTER_LOCK = 72_707_370
const DATABASE = 'stepgate'
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

/** Starts PostgreSQL on `<dataDir>/postgres`, reachable through a Unix socket of this user alone. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { folder, user } = prepareClusterFolder(options.dataDir)
  const binaries = findBinaries(user)
  await stopLeftover(join(folder, 'data'))
  const cluster = initialize(folder, user, binaries, options.durable !== false)
  const socketFolder = prepareSocketFolder(cluster)
  const postgres = spawnPostgres(binaries.postgres, cluster, toSettings(socketFolder, options))
  const watchdog = spawnWatchdog(postgres, cluster)
  const exited = new Promise<void>((resolve) => postgres.once('exit', () => resolve()))
  const urlOf = (database: string, role: 'owner' | 'app' = 'owner') => toUrl(socketFolder, database, role === 'owner' ? OWNER_ROLE : APP_ROLE)
  const stop = async () => {
    if (postgres.pid !== undefined) await stopPostmaster(postgres.pid, () => hasExited(postgres))
    watchdog?.kill('SIGKILL')
  }
  try {
    await waitUntilReady(postgres, cluster)
    const starter = await prepareDatabase(urlOf)
    return { ownerUrl: urlOf(DATABASE), appUrl: urlOf(DATABASE, 'app'), urlOf, exited, stop: () => starter.end().catch(() => undefined).then(stop) }
  } catch (error) {
    await stop()
    throw error
  }
}

const hasExited = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null

function toUrl(socketFolder: string, database: string, role: string): string {
  return `postgres://${role}@localhost/${database}?host=${encodeURIComponent(socketFolder)}`
}

function toSettings(socketFolder: string, { durable = true, connectionsMax = 60 }: EmbeddedPostgresOptions): Record<string, string> {
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
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_min_messages: 'warning',
    log_line_prefix: '%m [%p] ',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  }
}

/** In a session of its own: Ctrl-C in the terminal reaches the launcher alone, which stops postgres last. */
function spawnPostgres(binary: string, { folder, data, user }: Cluster, settings: Record<string, string>): ChildProcess {
  const log = openSync(join(folder, 'log'), 'w', 0o600)
  const args = ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
  const child = spawn(binary, args, { ...user, cwd: folder, env: { LC_ALL: 'C', TZ: 'UTC' }, stdio: ['ignore', log, log], detached: true })
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

/** Creates what migrations need, and takes the lock that tells others these files are in use. */
async function prepareDatabase(urlOf: (database: string) => string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: urlOf('postgres'), application_name: 'stepgate-starter' })
  client.on('error', () => undefined)
  await client.connect()
  await client.query('SELECT pg_advisory_lock($1)', [STARTER_LOCK])
  const { rows } = await client.query<{ database: boolean; role: boolean }>(
    'SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1) AS database, EXISTS (SELECT FROM pg_roles WHERE rolname = $2) AS role',
    [DATABASE, APP_ROLE],
  )
  if (!rows[0]?.role) await client.query(`CREATE ROLE ${APP_ROLE}`)
  await client.query(`ALTER ROLE ${APP_ROLE} LOGIN`)
  if (!rows[0]?.database) await client.query(`CREATE DATABASE ${DATABASE}`)
  return client
}

/** A postgres whose starter is gone is stopped; one whose starter lives is somebody else's. */
async function stopLeftover(data: string): Promise<void> {
  const leftover = readPostmasterFile(data)
  if (!leftover) return
  if (await hasStarter(leftover.socketFolder)) {
    throw new StoreError(`The database files in ${data} are in use by another Stepgate: stop it, or set STEPGATE_DATA_DIR to another folder.`)
  }
  await stopPostmaster(leftover.pid)
  rmSync(join(data, 'postmaster.pid'), { force: true })
}

async function hasStarter(socketFolder: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: toUrl(socketFolder, 'postgres', OWNER_ROLE), connectionTimeoutMillis: 5_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query<{ taken: boolean }>(
      `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'stepgate-starter') AS taken`,
    )
    return rows[0]?.taken === true
  } catch {
    // It is starting or stopping, or not ours to enter; stopping it is safe, as its data is durable.
    return false
  } finally {
    await client.end().catch(() => undefined)
  }
}
