/** What can come of a poll but a configuration. */
import type { ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import type { Fault } from '../control-plane.ts'

export interface PollingFault {
  readonly name: string
  readonly answer: Fault
  /** Polls that have to be seen before the fault may end; those that hang take their whole deadline. */
  readonly pollsMin: number
}

const DRIP_EVERY_MS = 100
const BOMB = gzipSync(Buffer.alloc(20_000_000))
const PAGE = '<!doctype html><title>Welcome to the network</title>'

const answering = (status: number, body = PAGE): PollingFault => ({
  name: `status ${String(status)}`,
  answer: (_request, response) => Boolean(response.writeHead(status).end(body)),
  pollsMin: 3,
})

function drip(response: ServerResponse): boolean {
  response.writeHead(200, { 'content-type': 'application/json' })
  const timer = setInterval(() => response.write(' '), DRIP_EVERY_MS)
  response.on('close', () => clearInterval(timer))
  return true
}

/** Those after which the next poll follows within an interval. */
export const PASSING_FAULTS: readonly PollingFault[] = [
  ...[400, 404, 408, 413, 429, 500, 502, 503, 504].map((status) => answering(status)),
  { name: 'a reset connection', answer: (request) => Boolean(request.socket.destroy()), pollsMin: 3 },
  { name: 'a hang', answer: () => true, pollsMin: 2 },
  { name: 'an answer that drips in', answer: (_request, response) => drip(response), pollsMin: 2 },
  {
    name: 'a decompression bomb',
    answer: (_request, response) => Boolean(response.writeHead(200, { 'content-encoding': 'gzip' }).end(BOMB)),
    pollsMin: 3,
  },
  {
    name: 'HTML with status 200',
    answer: (_request, response) => Boolean(response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE)),
    pollsMin: 3,
  },
]

/** Those after which the middleware waits for minutes, on purpose: the credential is refused. */
export const REFUSALS: readonly PollingFault[] = [401, 403].map((status) => answering(status, '{}'))
