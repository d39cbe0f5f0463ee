import { dayShape } from '../day-shape.ts'

/** `steady`: as a timer does. `by-demand`: as people do, at irregular times and more often when the shop is busy. */
export type Rhythm = 'steady' | 'by-demand'

const fixedWeight = process.env['TRAFFIC_WEIGHT']

function nextDelayMs(intervalMs: number, rhythm: Rhythm): number {
  if (rhythm === 'steady') return intervalMs
  const weight = fixedWeight === undefined ? dayShape(new Date()) : Number(fixedWeight)
  return Math.min((-Math.log(1 - Math.random()) * intervalMs) / weight, 8 * intervalMs)
}

/** Runs a task again and again; one that fails is told and tried again. The answer ends it. */
export function repeat(name: string, intervalMs: number, rhythm: Rhythm, task: () => Promise<void>): () => void {
  let timer: NodeJS.Timeout | undefined
  let isStopped = false
  const run = (): void => {
    task()
      .catch((error: unknown) => {
        console.warn(`${name}: ${error instanceof Error ? error.message : String(error)}`)
      })
      .finally(() => {
        if (!isStopped) timer = setTimeout(run, nextDelayMs(intervalMs, rhythm))
      })
  }
  run()
  return () => {
    isStopped = true
    clearTimeout(timer)
  }
}
