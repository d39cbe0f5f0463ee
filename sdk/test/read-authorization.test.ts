/** The header as it was sent, beside what Node makes of all headers. */
import { createServer, type IncomingMessage, type ServerOptions } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { readAuthorization } from '../src/adapters/read-authorization.ts'
import { sendRaw } from './fixtures.ts'

interface Reading {
  readonly unread: string | undefined
  readonly read: string | undefined
  readonly changed: string | undefined
}

/** What is read before anybody has asked for the headers, afterwards, and when a handler has put another one there. */
function readThreeTimes(request: IncomingMessage): Reading {
  const unread = readAuthorization(request)
  const { authorization } = request.headers
  expect(readAuthorization(request)).toBe(authorization)
  request.headers.authorization = 'Bearer put-there'
  return { unread, read: authorization, changed: readAuthorization(request) }
}

async function read(headers: Readonly<Record<string, string>>, options: ServerOptions): Promise<Reading> {
  const readings: Reading[] = []
  const server = createServer(options, (request, response) => {
    readings.push(readThreeTimes(request))
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  await sendRaw((server.address() as AddressInfo).port, 'GET', '/', headers)
  server.close()
  const [reading] = readings
  if (reading === undefined) throw new Error('no request arrived')
  return reading
}

it.each<{ readonly headers: Readonly<Record<string, string>> }>([
  { headers: {} },
  { headers: { Authorization: 'Bearer a' } },
  { headers: { authorization: 'Bearer a' } },
  { headers: { AUTHORIZATION: '  Bearer a  ' } },
  { headers: { Authorization: '' } },
  { headers: { 'X-Authorization': 'Bearer x', Authorizations: 'Bearer y', Authorization: 'DPoP a' } },
  { headers: { Authorization: 'Bearer a', authorization: 'Bearer b' } },
  { headers: { Authorization: '', authorization: 'Bearer b' } },
])('reads $headers as Node does', async ({ headers }) => {
  for (const options of [{}, { joinDuplicateHeaders: true }]) {
    const { unread, read: asNode, changed } = await read(headers, options)
    expect(unread).toBe(asNode)
    expect(changed).toBe('Bearer put-there')
  }
})
