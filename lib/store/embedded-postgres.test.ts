import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterEach, expect, test, vi } from 'vitest'
import { type EmbeddedPostgres, findRunningOwnerUrl, startEmbeddedPostgres } from './embedded-postgres.ts'
import { isAlive } from './embedded/postmaster.ts'

const WAIT = { timeout: 50_000, interval: 20 }
const folders: string[] = []
const running: EmbeddedPostgres[] = []
const children: ChildProcess[] = []

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  for (const postgres of running.splice(0)) await postgres.stop()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function makeFolder(name = 'stepgate-embedded-'): string {
  const folder = mkdtempSync(join(tmpdir(), name))
  folders.push(folder)
  return folder
}

async function start(dataDir: string): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ dataDir, durable: false })
  running.push(postgres)
  return postgres
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client(url)
  client.on('error', () => undefined)
  await client.connect()
  const { rows } = await client.query<Record<string, unknown>>(sql)
  await client.end()
  return rows
}

/** Starts postgres in a program of its own, which can be killed. */
async function startInChild(dataDir: string): Promise<{ child: ChildProcess; ownerUrl: string; pid: number }> {
  const module = fileURLToPath(new URL('./embedded-postgres.ts', import.meta.url))
  const program = `const { startEmbeddedPostgres } = await import(${JSON.stringify(module)})
    const { ownerUrl } = await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)}, durable: false })
    console.log(ownerUrl)
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  const [chunk] = (await once(child.stdout, 'data')) as [Buffer]
  return { child, ownerUrl: chunk.toString().trim(), pid: readPid(dataDir) }
}

const readPid = (dataDir: string) =>
  Number(readFileSync(join(dataDir, 'postgres/data/postmaster.pid'), 'utf8').split('\n')[0])

test('keeps its data over a stop and a start, at the same address', async () => {
  const dataDir = makeFolder()
  const first = await start(dataDir)
  await query(first.ownerUrl, 'CREATE TABLE kept AS SELECT 1 AS one')
  await first.stop()
  await first.exited
  const second = await start(dataDir)
  expect(second.ownerUrl).toBe(first.ownerUrl)
  expect(await query(second.ownerUrl, 'SELECT * FROM kept')).toEqual([{ one: 1 }])
})

test('lets in only those who know a password, and keeps that to its user', async () => {
  const dataDir = makeFolder()
  const postgres = await start(dataDir)
  const withoutPassword = new URL(postgres.ownerUrl)
  withoutPassword.password = 'wrong'
  await expect(query(withoutPassword.href, 'SELECT 1')).rejects.toThrow('password authentication failed')
  expect(statSync(join(dataDir, 'postgres-passwords.json')).mode & 0o777).toBe(0o600)
  expect(await query(postgres.appUrl, 'SELECT current_user AS name')).toEqual([{ name: 'stepgate_app' }])
  expect(await query(postgres.ownerUrl, `SELECT current_setting('listen_addresses') AS tcp`)).toEqual([{ tcp: '' }])
})

test('makes new passwords when the file of the old ones is lost', async () => {
  const dataDir = makeFolder()
  const first = await start(dataDir)
  await query(first.ownerUrl, 'CREATE TABLE kept AS SELECT 1 AS one')
  await first.stop()
  rmSync(join(dataDir, 'postgres-passwords.json'))
  const second = await start(dataDir)
  expect(await query(second.ownerUrl, 'SELECT * FROM kept')).toEqual([{ one: 1 }])
})

test('stops by itself when the program that started it is killed', async () => {
  const dataDir = makeFolder()
  const { child, ownerUrl, pid } = await startInChild(dataDir)
  await query(ownerUrl, 'CREATE TABLE kept AS SELECT 1 AS one')
  child.kill('SIGKILL')
  await vi.waitUntil(() => !isAlive(pid), WAIT)
  const postgres = await start(dataDir)
  expect(await query(postgres.ownerUrl, 'SELECT * FROM kept')).toEqual([{ one: 1 }])
})

test('takes over from a postgres that outlived its starter, and recovers from one that was killed', async () => {
  const dataDir = makeFolder()
  const { child, pid } = await startInChild(dataDir)
  // Stopped, the watchdog's standard input stays open: postgres goes on without anybody who answers for it.
  await query(
    findRunningOwnerUrl(dataDir)!,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'stepgate-starter'`,
  )
  const second = await start(dataDir)
  expect(isAlive(pid)).toBe(false)
  child.kill('SIGKILL')
  await query(second.ownerUrl, 'CREATE TABLE kept AS SELECT 1 AS one')
  process.kill(readPid(dataDir), 'SIGKILL')
  await second.exited
  const third = await start(dataDir)
  expect(await query(third.ownerUrl, 'SELECT * FROM kept')).toEqual([{ one: 1 }])
})

test('refuses files that another program has in use', async () => {
  const dataDir = makeFolder()
  const postgres = await start(dataDir)
  await expect(startEmbeddedPostgres({ dataDir })).rejects.toThrow(
    'are in use by another Stepgate: stop it, or set STEPGATE_DATA_DIR',
  )
  expect(await query(postgres.ownerUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
})

test('finds a short address for its socket in a folder with a long path', async () => {
  const dataDir = makeFolder(`stepgate-${'long-'.repeat(20)}`)
  const postgres = await start(dataDir)
  const folder = new URL(postgres.ownerUrl).searchParams.get('host')!
  expect(Buffer.byteLength(folder)).toBeLessThan(90)
  await postgres.stop()
  const again = await start(dataDir)
  expect(again.ownerUrl).toBe(postgres.ownerUrl)
  rmSync(folder, { recursive: true, force: true })
})

test.runIf(process.getuid?.() === 0)('runs for root below a folder that only root can enter', async () => {
  const home = mkdtempSync(join(tmpdir(), 'stepgate-home-'))
  folders.push(home)
  const dataDir = join(home, 'nested', 'data')
  const postgres = await start(dataDir)
  expect(await query(postgres.ownerUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  await postgres.stop()
  await start(dataDir)
  const { pathname } = new URL(`file://${new URL(postgres.ownerUrl).searchParams.get('host')!}`)
  expect(existsSync(pathname)).toBe(true)
  folders.push(join(pathname, '..'))
})
