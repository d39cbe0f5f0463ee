import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { StoreError } from '../store-error.ts'
import { POSTGRES_ENVIRONMENT } from './postgres-environment.ts'
import { APP_ROLE, type Cluster, DATABASE, OWNER_ROLE } from './cluster.ts'

export interface Passwords {
  readonly owner: string
  readonly app: string
}

const fileOf = (dataDir: string) => join(dataDir, 'postgres-passwords.json')

export function readPasswords(dataDir: string): Passwords | null {
  const file = fileOf(dataDir)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Passwords) : null
}

/**
 * Passwords of both roles, in a file of this user alone. When it is missing, new ones are set while nobody can connect,
 * and with them the roles and the database are made.
 */
export function preparePasswords(dataDir: string, postgres: string, cluster: Cluster): Passwords {
  const known = readPasswords(dataDir)
  if (known) return known
  const passwords = { owner: randomBytes(24).toString('hex'), app: randomBytes(24).toString('hex') }
  runAlone(postgres, cluster, [
    `DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${APP_ROLE}') THEN CREATE ROLE ${APP_ROLE}; END IF; END $$;`,
    `ALTER ROLE ${APP_ROLE} LOGIN PASSWORD '${passwords.app}';`,
    `ALTER ROLE ${OWNER_ROLE} PASSWORD '${passwords.owner}';`,
  ])
  if (!existsSync(join(cluster.folder, 'created'))) {
    runAlone(postgres, cluster, [`DROP DATABASE IF EXISTS ${DATABASE};`, `CREATE DATABASE ${DATABASE};`])
    writeFileSync(join(cluster.folder, 'created'), '')
  }
  const file = fileOf(dataDir)
  writeFileSync(`${file}.unfinished`, JSON.stringify(passwords), { mode: 0o600 })
  renameSync(`${file}.unfinished`, file)
  return passwords
}

/** Single-user mode: a statement a line, no authentication, no other connections. */
function runAlone(postgres: string, { data, user }: Cluster, statements: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(
    postgres,
    ['--single', '-D', data, '-c', 'exit_on_error=true', 'postgres'],
    {
      ...user,
      cwd: dirname(data),
      env: POSTGRES_ENVIRONMENT,
      input: statements.map((statement) => `${statement}\n`).join(''),
      encoding: 'utf8',
    },
  )
  if (status === 0) return
  const detail =
    `${stderr}${stdout}`.split('\n').find((line) => /ERROR|FATAL/.test(line)) ?? `exit code ${String(status)}`
  // The statement, which names a password, stands on other lines.
  throw new StoreError(
    `The database in ${data} could not be prepared: ${detail.replace(/^.*(ERROR|FATAL):\s*/, '').trim()}.`,
  )
}
