import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { TEST_SECRET } from '#server/gateway/testing/gateway-fixture.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
/** On a busy machine, too. */
const READY_WITHIN_MS = 300_000
const LOOK_EVERY_MS = 50

export interface GatewayProcessOptions {
  readonly port: number
  readonly dataDir: string
  /** Settings besides these. */
  readonly settings: Readonly<Record<string, string>>
}

/** The product's gateway as one process that can be killed. */
export class GatewayProcess {
  readonly url: string
  readonly #options: GatewayProcessOptions
  #child: ChildProcess | null = null

  constructor(options: GatewayProcessOptions) {
    this.#options = options
    this.url = `http://127.0.0.1:${String(options.port)}`
    // Nothing is left behind when the measurement is broken off.
    process.once('exit', () => this.#child?.kill('SIGKILL'))
  }

  async start(): Promise<void> {
    const { DATABASE_URL: _database, ...env } = process.env
    const { port, dataDir, settings } = this.#options
    const child = spawn(process.execPath, ['server/start.ts'], {
      cwd: ROOT,
      env: {
        ...env,
        PORT: String(port),
        STEPGATE_DATA_DIR: dataDir,
        STEPGATE_SECRET: TEST_SECRET,
        LOG_LEVEL: 'silent',
        ...settings,
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    this.#child = child
    const endMs = performance.now() + READY_WITHIN_MS
    while (!(await this.#isReady())) {
      if (performance.now() > endMs || child.exitCode !== null) throw new Error('the gateway does not become ready')
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
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

  async #isReady(): Promise<boolean> {
    try {
      return (await fetch(`${this.url}/readyz`)).ok
    } catch {
      return false
    }
  }
}
