import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export interface BenchProcess {
  readonly url: string
  stop(): Promise<void>
}

/** Starts a server in a process of its own, as in production, and waits for its address. */
export function startProcess(file: string, settings: Readonly<Record<string, string>>): Promise<BenchProcess> {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), {
    env: { ...process.env, ...settings },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  return new Promise((resolve, reject) => {
    child.once('message', (url) => resolve({ url: url as string, stop: () => stop(child) }))
    child.once('exit', (code) => reject(new Error(`${file} ended with ${String(code)}`)))
  })
}

function stop(child: ChildProcess): Promise<void> {
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGTERM')
  return ended
}
