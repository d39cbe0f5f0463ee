import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { openLogFile, type LogFile } from './log-file.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const END_WITH_PARENT = new URL('end-with-parent.ts', import.meta.url).href
const RESTART_MS_MIN = 500
const RESTART_MS_MAX = 15_000
const STEADY_AFTER_MS = 30_000
const STOP_WITHIN_MS = 7_000
const READY_WITHIN_MS = 30_000
const ASK_EVERY_MS = 60

export interface ProgramPlan {
  readonly name: string
  /** Below the folder of the demo. */
  readonly script: string
  /** Everything the program is told: nothing is inherited but PATH and the time zone. */
  readonly environment: Readonly<Record<string, string>>
  /** Answers 200 once it is ready; null for one that does not listen. */
  readonly healthUrl: string | null
}

export interface FleetFolders {
  readonly logs: string
  readonly compileCache: string
}

/** A program of the fleet in a process of its own, started again when it ends by itself. */
export class FleetProgram {
  #plan: ProgramPlan
  readonly #folders: FleetFolders
  readonly #log: LogFile
  #child: ChildProcess | null = null
  #restartMs = RESTART_MS_MIN
  #restart: NodeJS.Timeout | undefined
  #isStopping = false

  constructor(plan: ProgramPlan, folders: FleetFolders) {
    this.#plan = plan
    this.#folders = folders
    this.#log = openLogFile(folders.logs, plan.name)
  }

  get plan(): ProgramPlan {
    return this.#plan
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  start(): void {
    const startedAt = performance.now()
    const child = this.#spawn()
    this.#child = child
    this.#log.write(`started as process ${String(child.pid)}`)
    child.once('error', (error) => {
      this.#log.write(`could not be started: ${error.message}`)
    })
    child.once('exit', (code, signal) => {
      this.#log.write(`ended (${signal ?? `code ${String(code)}`})`)
      if (this.#isStopping || this.#child !== child) return
      this.#restartMs =
        performance.now() - startedAt > STEADY_AFTER_MS ? RESTART_MS_MIN : Math.min(this.#restartMs * 2, RESTART_MS_MAX)
      this.#restart = setTimeout(() => {
        this.start()
      }, this.#restartMs)
    })
  }

  /**
   * Starts it with other settings beside the process that runs, which ends once the new one listens on the same port: nobody finds
   * the door shut. Throws where the new one does not come to listen; the old one is then as it was.
   */
  async replace(plan: ProgramPlan): Promise<void> {
    const [oldPlan, oldChild] = [this.#plan, this.#child]
    this.#plan = plan
    this.start()
    const listens = this.#child === null ? false : await comesToListen(this.#child)
    if (listens) return end(oldChild, 'SIGTERM')
    const failed = this.#child
    this.#plan = oldPlan
    this.#child = oldChild
    await end(failed, 'SIGINT')
    throw new Error(`${plan.name} does not start with its new settings; ${this.#log.path} says why.`)
  }

  /** Resolves when it answers; throws with the path of its log when it does not. */
  async ready(): Promise<void> {
    const deadline = performance.now() + READY_WITHIN_MS
    while (this.#plan.healthUrl !== null && !(await isHealthy(this.#plan.healthUrl))) {
      if (this.#isStopping) return
      if (performance.now() > deadline)
        throw new Error(`${this.#plan.name} of the demo fleet does not answer; ${this.#log.path} says why.`)
      await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS))
    }
  }

  async stop(): Promise<void> {
    this.#isStopping = true
    clearTimeout(this.#restart)
    await end(this.#child, 'SIGINT')
    this.#log.close()
  }

  #spawn(): ChildProcess {
    const { PATH = '', TZ } = process.env
    const child = spawn(
      process.execPath,
      ['--max-semi-space-size=1', `--import=${END_WITH_PARENT}`, `demo/${this.#plan.script}`],
      {
        cwd: ROOT,
        env: {
          PATH,
          ...(TZ === undefined ? {} : { TZ }),
          NODE_ENV: 'production',
          NODE_COMPILE_CACHE: this.#folders.compileCache,
          ...this.#plan.environment,
        },
        // A group of its own: Ctrl-C is answered by the fleet, which ends its programs in order.
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      },
    )
    this.#log.follow(child.stdout as NonNullable<typeof child.stdout>) // piped above
    this.#log.follow(child.stderr as NonNullable<typeof child.stderr>) // piped above
    return child
  }
}

/** `SIGTERM` to hand over to another process, `SIGINT` to end at once. */
async function end(child: ChildProcess | null, signal: 'SIGTERM' | 'SIGINT'): Promise<void> {
  if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill(signal)
  const killer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS)
  await ended
  clearTimeout(killer)
}

/** False where it ends, or says nothing for too long. */
function comesToListen(child: ChildProcess): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), READY_WITHIN_MS)
    const settle = (listens: boolean) => {
      clearTimeout(timer)
      resolve(listens)
    }
    child.once('message', () => settle(true))
    child.once('exit', () => settle(false))
  })
}

async function isHealthy(url: string): Promise<boolean> {
  const response = await fetch(url, {
    signal: AbortSignal.timeout(2_000),
    headers: { 'user-agent': 'fleet-probe/1.0' },
  }).catch(() => null)
  await response?.body?.cancel()
  return response?.ok === true
}
