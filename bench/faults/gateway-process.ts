import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readPostmasterFile } from '#lib/store/embedded/postmaster.ts'
import { TEST_SECRET } from '#server/gateway/testing/gateway-fixture.ts'
import { listProcesses } from '../processes.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/** On a busy machine, too. */
const READY_WITHIN_MS = 300_000
const LOOK_EVERY_MS = 50

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** The product's gateway and worker with their embedded PostgreSQL, as one process that can be killed. */
export class GatewayProcess {
  readonly url: string
  readonly #dataDir: string
  readonly #port: number
  #child: ChildProcess | null = null

  constructor(dataDir: string, port: number) {
    this.#dataDir = dataDir
    this.#port = port
    this.url = `http://127.0.0.1:${String(port)}`
    // Nothing is left behind when the measurement is broken off.
    process.once('exit', () => this.#child?.kill('SIGKILL'))
  }

  async start(): Promise<void> {
    const { DATABASE_URL: _database, ...env } = process.env
    this.#child = spawn(process.execPath, ['server/start.ts'], {
      cwd: ROOT,
      env: {
        ...env,
        PORT: String(this.#port),
        STEPGATE_DATA_DIR: this.#dataDir,
        STEPGATE_SECRET: TEST_SECRET,
        STEPGATE_ROLES: 'gateway,worker',
        LOG_LEVEL: 'silent',
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    const endMs = performance.now() + READY_WITHIN_MS
    while (!(await this.#isReady())) {
      if (performance.now() > endMs) throw new Error('the gateway does not become ready')
      await sleep(LOOK_EVERY_MS)
    }
  }

  end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child
    this.#child = null
    if (child?.exitCode !== null) return Promise.resolve()
    const ended = once(child, 'exit')
    child.kill(signal)
    return ended.then(() => undefined)
  }

  /** PostgreSQL with all its processes, at once; the gateway starts it again. */
  killPostgres(): void {
    const postmaster = readPostmasterFile(join(this.#dataDir, 'postgres', 'data'))
    if (postmaster === null) return
    const backends = listProcesses().filter(({ parent }) => parent === postmaster.pid)
    for (const { pid } of [postmaster, ...backends]) killNow(pid)
  }

  async #isReady(): Promise<boolean> {
    try {
      return (await fetch(`${this.url}/readyz`)).ok
    } catch {
      return false
    }
  }
}

function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself.
  }
}
