import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'

export interface Task {
  readonly name: string
  readonly everyMs: number
  readonly run: () => Promise<void>
}

/** Runs each task now and then at its interval, one at a time, until told to stop. A failure is logged and tried again. */
export async function runTasks(tasks: readonly Task[], log: Logger, until: AbortSignal): Promise<void> {
  await Promise.all(tasks.map((task) => repeat(task, log, until)))
}

async function repeat({ name, everyMs, run }: Task, log: Logger, until: AbortSignal): Promise<void> {
  while (!until.aborted) {
    await run().catch((error: unknown) => log.error({ err: error, task: name }, 'a task of the worker failed'))
    await delay(everyMs, undefined, { signal: until }).catch(() => undefined)
  }
}
