import { execFileSync, fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export interface BenchProcess {
  readonly url: string
  /** CPU time used so far, in microseconds. */
  readCpu(): Promise<number>
  stop(): Promise<void>
}

/** Starts a server in a process of its own, as in production, and waits for its address. */
export async function startProcess(program: URL, settings: Readonly<Record<string, string>>): Promise<BenchProcess> {
  const path = fileURLToPath(program)
  const env = { ...process.env, ...settings }
  const child = fork(path, { env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  child.once('exit', (code) => {
    if (code !== 0) throw new Error(`${path} ended with ${String(code)}`)
  })
  const url = await nextMessage<string>(child)
  const readCpu = async () => {
    const answer = nextMessage<number>(child)
    child.send('cpu')
    return answer
  }
  return { url, readCpu, stop: () => stop(child) }
}

/** For the process itself: tells its address, and its CPU time when asked. */
export function announce(url: string): void {
  process.on('message', () => {
    const { user, system } = process.cpuUsage()
    process.send?.(user + system)
  })
  process.send?.(url)
}

const nextMessage = <Message>(child: ChildProcess): Promise<Message> =>
  new Promise((resolve) => child.once('message', (message) => resolve(message as Message)))

function stop(child: ChildProcess): Promise<void> {
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGTERM')
  return ended
}

export interface RunningProcess {
  readonly pid: number
  readonly parent: number
  readonly megabytes: number
  readonly command: string
}

export function listProcesses(): RunningProcess[] {
  const lines = execFileSync('ps', ['-axo', 'pid=,ppid=,rss=,args='], { encoding: 'utf8' }).split('\n')
  return lines.flatMap((line) => {
    const [, pid, parent, kilobytes, command = ''] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []
    return pid === undefined
      ? []
      : [{ pid: Number(pid), parent: Number(parent), megabytes: Number(kilobytes) / 1_024, command }]
  })
}
