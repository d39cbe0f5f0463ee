import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { FleetOptions } from './fleet.ts'
import type { DemoAccount } from './setup/demo-accounts.ts'

const PROGRAM = fileURLToPath(new URL('./run-fleet.ts', import.meta.url))
const STOP_WITHIN_MS = 15_000

export type FleetMessage =
  | { readonly kind: 'progress'; readonly step: string; readonly detail: string }
  | { readonly kind: 'ready'; readonly signIn: readonly DemoAccount[] }
  | { readonly kind: 'failed'; readonly message: string }

export interface FleetListeners {
  readonly progress: FleetOptions['progress']
  readonly onNotice: (sentence: string) => void
}

export interface FleetProcess {
  /** Accounts of the demo, the administrator first. */
  readonly signIn: readonly DemoAccount[]
  close(): Promise<void>
}

/** Runs the fleet outside of the gateway's process, whose memory is then the gateway's alone. */
export async function startFleetProcess(
  options: Omit<FleetOptions, 'progress'>,
  { progress, onNotice }: FleetListeners,
): Promise<FleetProcess> {
  // V8's young generation at its smallest: setting up and replaying makes much that is thrown away.
  const child = fork(PROGRAM, { execArgv: ['--max-semi-space-size=4'] })
  const ready = Promise.withResolvers<readonly DemoAccount[]>()
  child.on('message', (message) => {
    const told = message as FleetMessage // only run-fleet.ts speaks here
    if (told.kind === 'progress') progress(told.step, told.detail)
    else if (told.kind === 'ready') ready.resolve(told.signIn)
    else ready.reject(new Error(told.message))
  })
  child.once('error', (error) => ready.reject(error))
  child.once('exit', () => ready.reject(new Error('The demo fleet ended while it was starting.')))
  // Not on the command line, where others could read the link of the first administrator.
  child.send(options)
  let closing = false
  const close = () => {
    closing = true
    return stop(child)
  }
  const signIn = await ready.promise.catch(async (error: unknown) => {
    await close()
    throw error
  })
  child.once('exit', () => {
    if (!closing) onNotice('The demo fleet ended unexpectedly; start the demo again.')
  })
  return { signIn, close }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  if (child.connected) child.disconnect()
  const killer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS)
  await exited
  clearTimeout(killer)
}
