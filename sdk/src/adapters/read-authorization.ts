import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'

/** Where Node keeps the object of a request's headers, null until somebody asks for it; undefined where it does so no more. */
const HEADERS = Object.getOwnPropertySymbols(new IncomingMessage(new Socket())).find(
  ({ description }) => description === 'kHeaders',
)

/**
 * The header `Authorization`, as `headers.authorization` has it. Making that object costs more than a decision, so where nobody
 * has asked for it the header is read as it was sent.
 */
export function readAuthorization(request: IncomingMessage): string | undefined {
  return areUnread(request) ? readRaw(request) : request.headers.authorization
}

// Node's own, which no type tells of.
const areUnread = (request: object): boolean =>
  HEADERS !== undefined && (request as Readonly<Record<symbol, unknown>>)[HEADERS] === null

function readRaw(request: IncomingMessage): string | undefined {
  const { rawHeaders } = request
  let found: string | undefined
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? ''
    if (name.length !== 13 || name.toLowerCase() !== 'authorization') continue
    // What several of them come to depends on how the server was made.
    if (found !== undefined) return request.headers.authorization
    found = rawHeaders[index + 1]
  }
  return found
}
