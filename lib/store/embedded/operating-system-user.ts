import { spawnSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { StoreError } from '../store-error.ts'

/** The user postgres runs as; null for the user of this process. */
export interface OperatingSystemUser {
  readonly uid: number
  readonly gid: number
}

/** PostgreSQL refuses to run as root: the owner of the files that are there already, else `nobody`. */
export function findDatabaseUser(folder: string): OperatingSystemUser | null {
  const owner = findOwner(folder)
  const own = process.getuid?.() ?? null
  if (own !== 0) {
    if (owner !== null && own !== null && owner.uid !== own) {
      throw new StoreError(
        `The database files in ${folder} belong to another user (uid ${owner.uid.toString()}): start Stepgate as that user or as root, or set STEPGATE_DATA_DIR to another folder.`,
      )
    }
    return null
  }
  return owner !== null && owner.uid !== 0 ? owner : findNobody()
}

/** Whether a user can enter a folder, whatever way its permissions and those of its parents are expressed. */
export function canEnter(folder: string, user: OperatingSystemUser): boolean {
  return spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { ...user, cwd: '/', stdio: 'ignore' }).status === 0
}

function findOwner(folder: string): OperatingSystemUser | null {
  const stats = statSync(folder, { throwIfNoEntry: false })
  return stats === undefined ? null : { uid: stats.uid, gid: stats.gid }
}

function findNobody(): OperatingSystemUser {
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n')
  const fields = lines.map((line) => line.split(':')).find(([name]) => name === 'nobody')
  const [uid, gid] = [Number(fields?.[2]), Number(fields?.[3])]
  if (!(uid > 0)) {
    throw new StoreError(
      'PostgreSQL does not run as root, and this machine has no user nobody: start Stepgate as an ordinary user, or set DATABASE_URL.',
    )
  }
  return { uid, gid }
}
