import { startFleet, type Fleet, type FleetOptions } from './fleet.ts'
import type { FleetMessage } from './fleet-process.ts'

const tell = (message: FleetMessage): void => {
  if (process.connected) process.send?.(message)
}

let fleet: Fleet | null = null
const end = async (): Promise<void> => {
  await fleet?.close()
  process.exit(0)
}

// The parent says when to end, by Ctrl-C too: programs that are still being set up end with this process.
process.on('SIGINT', () => undefined)
process.on('SIGTERM', () => void end())
process.once('disconnect', () => void end())

process.once('message', (options: Omit<FleetOptions, 'progress'>) => {
  startFleet({ ...options, progress: (step, detail = '') => tell({ kind: 'progress', step, detail }) }).then(
    (started) => {
      fleet = started
      tell({ kind: 'ready', signIn: started.signIn })
    },
    (error: unknown) => tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) }),
  )
})
