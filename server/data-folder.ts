import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { StartupError } from './startup-error.ts'

const SECRET_BYTES_MIN = 32

/** Makes the folder and writes to it once: permissions, a read-only mount and a full disk all show that way. */
export function requireWritableFolder(folder: string): void {
  const probe = join(folder, `.writable-${process.pid.toString()}`)
  try {
    // Root's embedded database runs as another user, who has to pass through, but need not look around.
    makeFolder(folder, process.getuid?.() === 0 ? 0o711 : 0o700)
    writeFileSync(probe, '')
    rmSync(probe)
  } catch (error) {
    throw new StartupError(
      `The data folder ${folder} cannot be written (${describeFileError(error)}): set STEPGATE_DATA_DIR to a folder that can.`,
      { cause: error },
    )
  }
}

/** Not mkdir's own recursion, which does not end below some special folders. */
function makeFolder(folder: string, mode: number): void {
  if (existsSync(folder)) return
  makeFolder(dirname(folder), mode)
  mkdirSync(folder, { mode })
}

export interface StoredSecret {
  readonly secret: string
  /** True when it was created just now. */
  readonly created: boolean
}

/** The secret of this data folder, created on first use. */
export function readOrCreateSecret(folder: string): StoredSecret {
  const file = join(folder, 'secret')
  if (!existsSync(file)) {
    const secret = randomBytes(SECRET_BYTES_MIN).toString('base64url')
    writeFileSync(file, `${secret}\n`, { mode: 0o600, flag: 'wx' })
    return { secret, created: true }
  }
  const secret = readFileSync(file, 'utf8').trim()
  if (Buffer.byteLength(secret) >= SECRET_BYTES_MIN) return { secret, created: false }
  throw new StartupError(
    `The file ${file} does not hold a secret of at least ${SECRET_BYTES_MIN.toString()} bytes: restore it, or set STEPGATE_SECRET.`,
  )
}

const FILE_ERRORS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EROFS: 'read-only file system',
  ENOSPC: 'no space left',
  ENOTDIR: 'a part of the path is a file',
  EEXIST: 'it is a file',
  ENOENT: 'it cannot be created there',
}

function describeFileError(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? ''
  return FILE_ERRORS[code] ?? code
}
