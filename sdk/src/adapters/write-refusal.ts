import { STATUS_CODES, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Refusal } from '../guard/refusal.ts'

/** Answers a refused request. Headers that were set before, those of CORS for example, stay. */
export function writeRefusal(response: ServerResponse, refusal: Refusal): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  response.statusCode = refusal.status
  for (const [name, value] of Object.entries(refusal.headers)) response.setHeader(name, value)
  response.setHeader('content-length', Buffer.byteLength(refusal.body))
  response.end(refusal.body)
}

/** Answers a refused upgrade, for which there is no response yet, and ends the connection. */
export function writeRefusalToSocket(socket: Duplex, { status, headers, body }: Refusal): void {
  const lines = Object.entries({ ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' }).map(
    ([name, value]) => `${name}: ${String(value)}`,
  )
  // Whoever asked may be gone by now; nobody else listens to this connection any more.
  socket.on('error', () => socket.destroy())
  socket.end(`HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('\r\n')}\r\n\r\n${body}`)
}
