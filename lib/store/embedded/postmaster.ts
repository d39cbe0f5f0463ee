import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

export interface PostmasterFile {
  readonly pid: number
  readonly socketFolder: string
  readonly ready: boolean
}

/** What the running postgres says of itself; null when none runs on these files. */
export function readPostmasterFile(data: string): PostmasterFile | null {
  const path = join(data, 'postmaster.pid')
  if (!existsSync(path)) return null
  const lines = readFileSync(path, 'utf8').split('\n')
  const pid = Number(lines[0])
  if (!Number.isInteger(pid) || pid <= 1 || !isPostgres(pid)) return null
  return { pid, socketFolder: lines[4] ?? '', ready: lines[7]?.trim() === 'ready' }
}

/** After a crash the number may belong to another program by now. */
function isPostgres(pid: number): boolean {
  if (!isAlive(pid)) return false
  const command = `/proc/${pid.toString()}/cmdline`
  return (
    !existsSync('/proc/self/cmdline') || (existsSync(command) && readFileSync(command, 'utf8').includes('postgres'))
  )
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Asks for a fast shutdown, then for an immediate one, which recovery repairs at the next start. */
export async function stopPostmaster(pid: number, hasExited: () => boolean = () => !isAlive(pid)): Promise<void> {
  for (const [signal, deadlineMs] of [
    ['SIGINT', 15_000],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 5_000],
  ] as const) {
    if (hasExited()) return
    process.kill(pid, signal)
    if (await waitUntil(hasExited, deadlineMs)) return
  }
}

export async function waitUntil(condition: () => boolean, deadlineMs: number, intervalMs = 10): Promise<boolean> {
  const deadline = performance.now() + deadlineMs
  while (!condition()) {
    if (performance.now() > deadline) return false
    await delay(intervalMs)
  }
  return true
}
