import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { ServiceAnswer, ServiceFramework, ServiceQuestion } from './service-protocol.ts'

export type ServiceStatus = Extract<ServiceAnswer, { kind: 'status' }>['status']

/** How a service reaches its control plane. */
export interface ServiceCredentials {
  readonly url: string
  readonly clientId: string
  readonly clientSecret: string
  readonly configKey: string
}

const STOP_WITHIN_MS = 10_000

/** A running service in a process of its own. */
export class ServiceProcess {
  readonly framework: ServiceFramework
  readonly port: number
  readonly #child: ChildProcess

  private constructor(framework: ServiceFramework, child: ChildProcess, port: number) {
    this.framework = framework
    this.#child = child
    this.port = port
  }

  /** `executable` is a Node of any supported version. */
  static async start(
    [executable, program]: readonly [executable: string, program: string],
    framework: ServiceFramework,
    credentials: ServiceCredentials,
  ): Promise<ServiceProcess> {
    const child = spawn(executable, [program, framework], {
      env: {
        ...process.env,
        NODE_NO_WARNINGS: '1',
        STEPGATE_URL: credentials.url,
        STEPGATE_CLIENT_ID: credentials.clientId,
        STEPGATE_CLIENT_SECRET: credentials.clientSecret,
        STEPGATE_CONFIG_KEY: credentials.configKey,
      },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    const answer = await nextAnswer(child)
    if (answer.kind !== 'listening') throw new Error(`${framework} says ${answer.kind} before it listens`)
    return new ServiceProcess(framework, child, answer.port)
  }

  status(): Promise<ServiceStatus> {
    return this.#ask('status')
  }

  /** Has the middleware report what is left, and answers how it then stands. */
  closeMiddleware(): Promise<ServiceStatus> {
    return this.#ask('close')
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exited = once(this.#child, 'exit')
    this.#child.disconnect()
    const killer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_WITHIN_MS)
    await exited
    clearTimeout(killer)
  }

  async #ask(question: ServiceQuestion): Promise<ServiceStatus> {
    const answer = nextAnswer(this.#child)
    this.#child.send(question)
    const told = await answer
    if (told.kind !== 'status') throw new Error(`${this.framework} says ${told.kind} to ${question}`)
    return told.status
  }
}

function nextAnswer(child: ChildProcess): Promise<ServiceAnswer> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null): void => reject(new Error(`the service ended with ${String(code)}`))
    child.once('exit', onExit)
    child.once('message', (message) => {
      child.off('exit', onExit)
      resolve(message as ServiceAnswer) // the program sends nothing else
    })
  })
}
