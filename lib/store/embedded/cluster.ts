import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { StoreError } from '../store-error.ts'
import { type Binaries, SHARED_FOLDER } from './binaries.ts'
import { POSTGRES_ENVIRONMENT } from './postgres-environment.ts'
import { canEnter, findDatabaseUser, type OperatingSystemUser } from './operating-system-user.ts'

export const OWNER_ROLE = 'stepgate'
export const APP_ROLE = 'stepgate_app'
export const DATABASE = 'stepgate'

/** A Unix socket's address has room for 103 bytes on macOS and 107 on Linux; PostgreSQL adds 15 to the folder. */
const SOCKET_FOLDER_BYTES_MAX = 85

export interface Cluster {
  readonly folder: string
  readonly data: string
  readonly user: OperatingSystemUser | null
}

/** The folder of the database files, made when missing, where the database user can reach it. */
export function prepareClusterFolder(dataDir: string): { folder: string; user: OperatingSystemUser | null } {
  const link = join(dataDir, 'postgres')
  if (!existsSync(link)) rmSync(link, { force: true })
  const existing = existsSync(link) ? realpathSync(link) : null
  const user = findDatabaseUser(existing ?? link)
  if (existing !== null) return { folder: existing, user }
  mkdirSync(dataDir, { recursive: true })
  const folder = user === null || canBeEntered(dataDir, user) ? makeFolder(link) : makeFolderElsewhere(link)
  if (user) chownSync(folder, user.uid, user.gid)
  return { folder, user }
}

/** The folder itself may be passed through from now on; what lies in it keeps its own permissions. */
function canBeEntered(dataDir: string, user: OperatingSystemUser): boolean {
  if (canEnter(dataDir, user)) return true
  if (!canEnter(dirname(dataDir), user)) return false
  chmodSync(dataDir, statSync(dataDir).mode | 0o111)
  return canEnter(dataDir, user)
}

function makeFolder(folder: string): string {
  mkdirSync(folder, { mode: 0o700 })
  return realpathSync(folder)
}

/** Under a home that only root can enter, postgres could not reach its own files: they go aside, behind a link. */
function makeFolderElsewhere(link: string): string {
  mkdirSync(SHARED_FOLDER, { recursive: true, mode: 0o755 })
  const folder = mkdtempSync(join(SHARED_FOLDER, 'data-'))
  symlinkSync(folder, link)
  return folder
}

/** Creates the database files once; an interrupted creation leaves nothing that looks finished. */
export function initialize(
  folder: string,
  user: OperatingSystemUser | null,
  binaries: Binaries,
  durable: boolean,
): Cluster {
  const data = join(folder, 'data')
  if (existsSync(join(data, 'PG_VERSION'))) {
    requireVersion(data, binaries.version)
  } else {
    const unfinished = join(folder, 'data.unfinished')
    rmSync(unfinished, { recursive: true, force: true })
    runInitdb(binaries.initdb, unfinished, user, durable)
    writeFileSync(join(unfinished, 'pg_hba.conf'), `local all ${OWNER_ROLE},${APP_ROLE} scram-sha-256\n`)
    renameSync(unfinished, data)
  }
  return { folder, data, user }
}

function runInitdb(initdb: string, data: string, user: OperatingSystemUser | null, durable: boolean): void {
  const args = [
    '--pgdata',
    data,
    '--username',
    OWNER_ROLE,
    '--auth-local',
    'reject',
    '--auth-host',
    'reject',
    '--encoding',
    'UTF8',
    '--no-instructions',
  ]
  const locale = ['--locale', 'C', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8']
  const { status, stderr, error } = spawnSync(initdb, [...args, ...locale, ...(durable ? [] : ['--no-sync'])], {
    ...user,
    cwd: dirname(data),
    env: POSTGRES_ENVIRONMENT,
    encoding: 'utf8',
  })
  if (status === 0) return
  const detail =
    error?.message ?? stderr.split('\n').find((line) => /error|fatal/i.test(line)) ?? `exit code ${String(status)}`
  throw new StoreError(`The database could not be created in ${data}: ${detail.trim()}.`)
}

function requireVersion(data: string, version: string): void {
  const stored = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim()
  if (stored !== version.split('.')[0]) {
    throw new StoreError(
      `The database files in ${data} are of PostgreSQL ${stored}; this version of Stepgate brings ${version}.`,
    )
  }
}

/** A folder only this user can enter, with a path short enough for a socket's address. */
export function prepareSocketFolder({ folder, user }: Cluster): string {
  const inside = join(folder, 'socket')
  if (Buffer.byteLength(inside) <= SOCKET_FOLDER_BYTES_MAX) {
    mkdirSync(inside, { recursive: true, mode: 0o700 })
    if (user) chownSync(inside, user.uid, user.gid)
    return inside
  }
  return findLinkedFolder(inside) ?? makeLinkedFolder(inside, user)
}

function findLinkedFolder(link: string): string | null {
  return existsSync(link) ? readlinkSync(link) : null
}

function makeLinkedFolder(link: string, user: OperatingSystemUser | null): string {
  rmSync(link, { force: true })
  const folder = mkdtempSync(join(Buffer.byteLength(tmpdir()) < 60 ? tmpdir() : '/tmp', 'stepgate-'))
  if (user) chownSync(folder, user.uid, user.gid)
  symlinkSync(folder, link)
  return folder
}
