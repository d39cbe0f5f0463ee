import { join } from 'node:path'
import { readPostmasterFile } from '#lib/store/embedded/postmaster.ts'
import { listProcesses } from '../processes.ts'

/** Ends an embedded PostgreSQL with all its processes, at once; whoever watches over it starts it again. */
export function killPostgres(dataDir: string): void {
  const postmaster = readPostmasterFile(join(dataDir, 'postgres', 'data'))
  if (postmaster === null) return
  const backends = listProcesses().filter(({ parent }) => parent === postmaster.pid)
  for (const { pid } of [postmaster, ...backends]) killNow(pid)
}

function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself.
  }
}
