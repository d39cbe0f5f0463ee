import type { Route } from '../../guard/route-table.ts'
import type { Stepgate } from '../../stepgate.ts'

const WAIT_MS_MAX = 2_000

async function withinMs(promise: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([promise, timeout])
  clearTimeout(timer)
}

/**
 * Lets requests of a service that begins with its first request wait a moment for the first configuration. Whatever comes of
 * it, the guard decides: without a configuration the route is closed.
 */
export async function waitForStart(stepgate: Stepgate, { binding }: Route): Promise<void> {
  if (binding === null) await withinMs(stepgate.started, WAIT_MS_MAX)
}
