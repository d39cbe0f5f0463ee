/**
 * Resident memory of gateway and console while the demo runs and somebody works in the console:
 * `node bench/memory.ts [minutes]`. Starts a demo of its own, on its own port and in its own folder.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findFreePort } from '#server/listening.ts'
import { listProcesses, type RunningProcess } from './processes.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const LIMITS_MB = { gateway: 200, console: 300 } as const
const READY_WITHIN_MS = 120_000
const LOOK_EVERY_MS = 2_000
const PAGES = [
  '/e/production/overview',
  '/e/production/services',
  '/e/production/endpoints',
  '/e/production/identities',
  '/e/production/scopes',
  '/e/production/decisions',
  '/e/production/audit',
]

type Part = keyof typeof LIMITS_MB

/** The gateway is the demo's own process; the console is the child of it that serves Next. */
function readMegabytes(demo: ChildProcess): Record<Part, number> {
  const processes = listProcesses()
  const isConsole = ({ parent, command }: RunningProcess) =>
    parent === demo.pid && /next-server|console-child/.test(command)
  return {
    gateway: processes.find(({ pid }) => pid === demo.pid)?.megabytes ?? 0,
    console: processes.find(isConsole)?.megabytes ?? 0,
  }
}

async function untilReady(demo: ChildProcess): Promise<void> {
  const ready = Promise.withResolvers<undefined>()
  demo.stdout?.on('data', (text: Buffer) => {
    if (text.includes('Stepgate is ready')) ready.resolve(undefined)
  })
  demo.once('exit', (code) => ready.reject(new Error(`The demo ended with code ${String(code)}.`)))
  const timer = setTimeout(() => ready.reject(new Error('The demo did not become ready in time.')), READY_WITHIN_MS)
  await ready.promise.finally(() => clearTimeout(timer))
}

/** The cookie of the demo's viewer. */
async function signIn(url: string, dataDir: string): Promise<string> {
  const accounts = JSON.parse(readFileSync(join(dataDir, 'demo-accounts.json'), 'utf8')) as {
    role: string
    email: string
    password: string
  }[] // written by the demo
  const { email, password } = accounts.find(({ role }) => role === 'viewer') ?? { email: '', password: '' }
  const response = await fetch(`${url}/api/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  })
  const { token } = (await response.json()) as { token: string } // as the contract has it
  return `stepgate_session=${token}`
}

/** Loads pages one after the other for some minutes; answers the most memory that was seen. */
async function watch(demo: ChildProcess, url: string, cookie: string, minutes: number): Promise<Record<Part, number>> {
  const most: Record<Part, number> = { gateway: 0, console: 0 }
  const until = performance.now() + minutes * 60_000
  for (let round = 0; performance.now() < until; round++) {
    const answer = await fetch(`${url}${PAGES[round % PAGES.length] ?? '/'}`, { headers: { cookie } })
    await answer.arrayBuffer()
    const now = readMegabytes(demo)
    most.gateway = Math.max(most.gateway, now.gateway)
    most.console = Math.max(most.console, now.console)
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
  }
  return most
}

const minutes = Number(process.argv[2] ?? 2)
const dataDir = mkdtempSync(join(tmpdir(), 'stepgate-memory-'))
const port = await findFreePort()
const url = `http://127.0.0.1:${port.toString()}`
const demo = spawn(process.execPath, ['demo/start.ts'], {
  cwd: ROOT,
  env: { ...process.env, PORT: port.toString(), STEPGATE_DATA_DIR: dataDir },
  stdio: ['ignore', 'pipe', 'inherit'],
})
const ended = new Promise((resolve) => demo.once('exit', resolve))
try {
  await untilReady(demo)
  const most = await watch(demo, url, await signIn(url, dataDir), minutes)
  for (const part of ['gateway', 'console'] as const) {
    const isWithin = most[part] > 0 && most[part] <= LIMITS_MB[part]
    process.stdout.write(
      `${isWithin ? '✓' : '✗'} ${part.padEnd(8)} ${most[part].toFixed(0)} MB of ${LIMITS_MB[part].toString()} MB (${(most[part] / LIMITS_MB[part]).toFixed(2)} of the limit)\n`,
    )
    if (!isWithin) process.exitCode = 1
  }
} finally {
  demo.kill('SIGTERM')
  await ended
  rmSync(dataDir, { recursive: true, force: true })
}
