import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createTestDatabase } from '#lib/store/test-database.ts'
import { findFreePort } from './listening.ts'

const PROGRAM = fileURLToPath(new URL('./start.ts', import.meta.url))
const WAIT = { timeout: 50_000, interval: 50 }

let dataDir: string
let port: number
const children: ChildProcess[] = []
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'stepgate-launcher-'))
  port = await findFreePort()
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(dataDir, { recursive: true, force: true })
})

interface Run {
  readonly child: ChildProcess
  readonly output: { out: string; err: string }
  readonly exited: Promise<number | null>
}

function start(settings: Record<string, string> = {}): Run {
  const env = {
    ...{
      NODE_ENV: 'development',
      PATH: process.env['PATH'],
      PORT: port.toString(),
      STEPGATE_DATA_DIR: dataDir,
      LOG_LEVEL: 'warn',
    },
    ...{ STEPGATE_ROLES: 'gateway,worker', ...settings },
  } as NodeJS.ProcessEnv // the words of NODE_ENV are Next's, and production is among the settings
  const child = spawn(process.execPath, [PROGRAM], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  children.push(child)
  const output = { out: '', err: '' }
  child.stdout.on('data', (chunk: Buffer) => (output.out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output.err += chunk.toString()))
  return { child, output, exited: once(child, 'close').then(([code]) => code as number | null) }
}

/** The one sentence with which a start fails. */
async function failure(settings: Record<string, string> = {}): Promise<string> {
  const { output, exited } = start(settings)
  expect(await exited).toBe(1)
  expect(output.out).not.toContain('ready')
  expect(output.err).not.toMatch(/^\s+at /m)
  return output.err.trim()
}

const secret = 'a secret of at least thirty-two bytes'

describe('a start that cannot succeed says why in one sentence', () => {
  test('a port in use', async () => {
    const server: Server = createServer().listen(port, '127.0.0.1')
    await once(server, 'listening')
    expect(await failure({ STEPGATE_SECRET: secret })).toBe(
      `Port ${port} on 127.0.0.1 is in use: set PORT to another one.`,
    )
    server.close()
  })

  test('a program that gives no secret; it is told none of the others', async () => {
    const program = [process.execPath, '-e', `process.exitCode = 'DATABASE_URL' in process.env ? 1 : 3`]
    const settings = { STEPGATE_SECRET_COMMAND: JSON.stringify(program), DATABASE_URL: 'postgres://ann:hunter2@x/y' }
    expect(await failure(settings)).toBe('STEPGATE_SECRET_COMMAND names a program that ended with 3.')
  })

  test('a host that is not of this machine', async () => {
    expect(await failure({ STEPGATE_SECRET: secret, HOST: '192.0.2.1' })).toMatch(
      /^HOST 192\.0\.2\.1 cannot be listened on \(.*\): set it to an address of this machine\.$/,
    )
  })

  test('a database that does not answer, without its password', async () => {
    const free = await findFreePort()
    const sentence = await failure({
      STEPGATE_SECRET: secret,
      DATABASE_URL: `postgres://ann:hunter2@127.0.0.1:${free}/stepgate`,
    })
    expect(sentence).toBe(
      `The database of DATABASE_URL (127.0.0.1:${free}/stepgate) cannot be reached: nothing listens there.`,
    )
  })

  test('a database that is newer than the code', async () => {
    const database = await createTestDatabase()
    const owner = new pg.Client(database.ownerUrl)
    await owner.connect()
    await owner.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at) VALUES ('x', 'x', '29991231000000_future', now())`,
    )
    await owner.end()
    const sentence = await failure({ STEPGATE_SECRET: secret, DATABASE_URL: database.ownerUrl })
    expect(sentence).toBe(
      'The database is newer than this version of Stepgate: it has migration 29991231000000_future, which is not known here.',
    )
    await database.close()
  })

  test('a data folder that cannot be written', async () => {
    const file = join(dataDir, 'file')
    writeFileSync(file, '')
    expect(await failure({ STEPGATE_DATA_DIR: join(file, 'data') })).toBe(
      `The data folder ${file}/data cannot be written (a part of the path is a file): set STEPGATE_DATA_DIR to a folder that can.`,
    )
  })

  test('a missing secret in production', async () => {
    expect(await failure({ NODE_ENV: 'production' })).toMatch(
      /^STEPGATE_SECRET is missing: with NODE_ENV=production, set it to at least 32 random bytes/,
    )
    expect(existsSync(join(dataDir, 'secret'))).toBe(false)
  })

  test('a setting that cannot be read', async () => {
    expect(await failure({ PORT: 'eighty' })).toBe('PORT must be a port number from 1 to 65535.')
  })
})

describe('a start', () => {
  test('offers the first administrator a link, and stops without leaving anything behind', async () => {
    const first = start()
    await vi.waitUntil(() => first.output.out.includes('#token='), WAIT)
    expect(first.output.out).toMatch(new RegExp(`http://localhost:${port}/setup#token=\\S+`))
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200)
    expect(statSync(join(dataDir, 'secret')).mode & 0o777).toBe(0o600)
    const postmaster = Number(readFileSync(join(dataDir, 'postgres/data/postmaster.pid'), 'utf8').split('\n')[0])
    first.child.kill('SIGTERM')
    expect(await first.exited).toBe(0)
    expect(() => process.kill(postmaster, 0)).toThrow('ESRCH')

    const secretOfBefore = readFileSync(join(dataDir, 'secret'), 'utf8')
    const second = start()
    await vi.waitUntil(() => second.output.out.includes('Stepgate is ready'), WAIT)
    expect(readFileSync(join(dataDir, 'secret'), 'utf8')).toBe(secretOfBefore)
    second.child.kill('SIGINT')
    expect(await second.exited).toBe(0)
  })

  test('starts its database again when that is killed', async () => {
    const { child, output, exited } = start()
    await vi.waitUntil(() => output.out.includes('Stepgate is ready'), WAIT)
    const isReady = async () => {
      expect(child.exitCode, output.err).toBeNull()
      const signal = AbortSignal.timeout(5_000)
      return (await fetch(`http://127.0.0.1:${port}/readyz`, { signal }).catch(() => null))?.status === 200
    }
    process.kill(Number(readFileSync(join(dataDir, 'postgres/data/postmaster.pid'), 'utf8').split('\n')[0]), 'SIGKILL')
    await vi.waitUntil(
      () => output.err.includes('The embedded PostgreSQL ended unexpectedly; starting it again.'),
      WAIT,
    )
    await vi.waitUntil(isReady, WAIT)
    child.kill('SIGTERM')
    expect(await exited).toBe(0)
  })
})
