import { request as sendRequest, type IncomingMessage, type Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ConsoleTarget } from '../gateway-settings.ts'

/**
 * Passes WebSocket upgrades to Next's development server, which reloads pages through them. For development alone: a server
 * that listens for upgrades no longer answers requests that only offer one, as `curl --http2` does.
 */
export function passUpgrades(server: Server, target: ConsoleTarget): void {
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (request.url?.startsWith('/_next/') !== true) return void socket.destroy()
    const upstream = sendRequest({ ...target, method: request.method, path: request.url, headers: request.headers })
    upstream.once('upgrade', (answer, upstreamSocket, upstreamHead) => {
      socket.write(statusOf(answer))
      join(socket, upstreamSocket)
      socket.write(upstreamHead)
      upstreamSocket.write(head)
    })
    upstream.once('response', () => socket.destroy())
    upstream.once('error', () => socket.destroy())
    upstream.end()
  })
}

function statusOf({ statusCode, statusMessage, rawHeaders }: IncomingMessage): string {
  const lines = [`HTTP/1.1 ${String(statusCode)} ${statusMessage ?? ''}`]
  for (let index = 0; index < rawHeaders.length; index += 2)
    lines.push(`${rawHeaders[index] ?? ''}: ${rawHeaders[index + 1] ?? ''}`)
  return `${lines.join('\r\n')}\r\n\r\n`
}

function join(one: Duplex, other: Duplex): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.pipe(to)
    from.once('error', () => to.destroy())
    from.once('close', () => to.destroy())
  }
}
