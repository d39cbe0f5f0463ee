/** As many requests as are asked for over connections that stay open: a client that costs little and is done when it says so. */
import { connect, type Socket } from 'node:net'
import { once } from 'node:events'

const HEAD_END = '\r\n\r\n'

/** Bytes of the answer that begins here; null where it has not arrived as a whole. */
function answerLength(text: string): number | null {
  const head = text.indexOf(HEAD_END)
  if (head === -1) return null
  const body = Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1])
  const end = head + HEAD_END.length + body
  return text.length < end ? null : end
}

/**
 * Whoever answers a client that sleeps pays for waking it, and a faster server finds it awake more often: a difference that
 * is neither's. Answers what lets it sleep again.
 */
function stayAwake(): () => void {
  let next: NodeJS.Immediate
  const turn = (): void => void (next = setImmediate(turn))
  turn()
  return () => clearImmediate(next)
}

export class HttpLoad {
  readonly #sockets: readonly Socket[]
  readonly #requests: readonly string[]
  #next = 0

  private constructor(sockets: readonly Socket[], requests: readonly string[]) {
    this.#sockets = sockets
    this.#requests = requests
  }

  static async open(port: number, connections: number, requests: readonly string[]): Promise<HttpLoad> {
    const sockets = Array.from({ length: connections }, () => connect({ port, host: '127.0.0.1', noDelay: true }))
    await Promise.all(sockets.map((socket) => once(socket, 'connect')))
    for (const socket of sockets) socket.setEncoding('latin1')
    return new HttpLoad(sockets, requests)
  }

  /** Rejects where an answer is not a 200. */
  async send(count: number): Promise<void> {
    const share = Math.ceil(count / this.#sockets.length)
    const sleep = stayAwake()
    try {
      await Promise.all(this.#sockets.map((socket) => this.#sendOver(socket, share)))
    } finally {
      sleep()
    }
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  #sendOver(socket: Socket, count: number): Promise<void> {
    return new Promise((resolve, reject) => {
      let [left, text] = [count, '']
      const settle = (error?: Error): void => {
        socket.removeAllListeners('data').removeAllListeners('close')
        if (error === undefined) resolve()
        else reject(error)
      }
      const ask = (): void => void socket.write(this.#requests[this.#next++ % this.#requests.length] ?? '')
      socket.on('close', () => settle(new Error('the server closed a connection')))
      socket.on('data', (chunk: string) => {
        text += chunk
        const length = answerLength(text)
        if (length === null) return
        if (!text.startsWith('HTTP/1.1 200 ')) return settle(new Error(text.slice(0, 200)))
        text = text.slice(length)
        if (--left > 0) ask()
        else settle()
      })
      ask()
    })
  }
}
