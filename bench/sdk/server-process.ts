/** A service of the bench in a process of its own. */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface RunningServer {
  readonly name: string
  readonly child: ChildProcess
  readonly port: number
}

/** Beside this one, in the form this one has. */
const serverProgram = (): string =>
  fileURLToPath(new URL(`./http-server${extname(fileURLToPath(import.meta.url))}`, import.meta.url))

export async function startServer(
  framework: string,
  name: string,
  guard: string,
  environment: Readonly<Record<string, string>>,
): Promise<RunningServer> {
  const child = fork(serverProgram(), [framework, guard], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  const port = await new Promise<number>((resolve, reject) => {
    child.on('exit', () => reject(new Error(`${framework} ${guard} did not start`)))
    child.stdout?.on('data', (chunk: Buffer) => resolve(Number(/port (\d+)/.exec(chunk.toString())?.[1])))
  })
  return { name, child, port }
}

/** What the server's process answers a question with. */
export async function messageOf({ child }: RunningServer, question: 'cpu' | 'profile' | 'profiled'): Promise<unknown> {
  const answered = once(child, 'message')
  child.send(question)
  const [answer] = (await answered) as [unknown]
  return answer
}

/** User and system time of a server's process so far, by all of its threads. */
export const cpuMicroseconds = async (server: RunningServer): Promise<number> =>
  (await messageOf(server, 'cpu')) as number // its answer to this

export async function stopServer({ child }: RunningServer): Promise<void> {
  const ended = once(child, 'exit')
  child.disconnect()
  await ended
}
