import { createServer, type IncomingMessage, type Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '#lib/store/test-database.ts'
import type { Gateway } from '../start-gateway.ts'
import { createFleet, eventually, startTestGateway } from '../testing/gateway-fixture.ts'
import { readClientAddressBehind, trustProxies } from './client-address.ts'
import { isDeeperThan } from './json-depth.ts'

let database: TestDatabase
let gateway: Gateway
let consoleServer: Server
let consoleAnswer: Parameters<typeof createServer>[1]

beforeAll(async () => {
  database = await createTestDatabase()
  await createFleet(database, { environment: 'production', services: ['orders'] })
  consoleServer = createServer((request, response) => consoleAnswer?.(request, response))
  await new Promise<void>((resolve) => consoleServer.listen(0, '127.0.0.1', resolve))
  const { port } = consoleServer.address() as AddressInfo
  gateway = await startTestGateway(database, { publicUrl: 'https://stepgate.test' }, { host: '127.0.0.1', port })
})
afterAll(async () => {
  await gateway.close()
  consoleServer.close()
  await database.close()
})

const problemOf = async (response: Response) => {
  expect(response.headers.get('content-type')).toContain('application/problem+json')
  const problem = (await response.json()) as { status: number; code: string; instance: string }
  expect(problem.status).toBe(response.status)
  expect(problem.instance).toBe(response.headers.get('x-request-id'))
  return problem.code
}

describe('an unknown', () => {
  test.each([
    '/v1/nothing',
    '/oauth/authorize',
    '/e/production/.well-known/nothing',
    '/api/v1/nothing-of-this-name',
    '/.well-known/nothing',
  ])('route %s is a problem', async (path) => {
    expect(await problemOf(await fetch(gateway.url + path))).toBe('route-not-found')
  })

  test.each([
    ['GET', '/oauth/token', 'POST'],
    ['DELETE', '/livez', 'GET, HEAD'],
    ['POST', '/e/production/jwks.json', 'GET, HEAD'],
  ])('method %s of %s names the one there is', async (method, path, allow) => {
    const response = await fetch(gateway.url + path, { method })
    expect(await problemOf(response)).toBe('method-not-allowed')
    expect(response.headers.get('allow')).toBe(allow)
  })
})

test('every answer tells browsers to be careful', async () => {
  const { headers } = await fetch(`${gateway.url}/livez`)
  expect(Object.fromEntries(headers)).toMatchObject({
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'cache-control': 'no-store',
    'strict-transport-security': expect.stringContaining('max-age=') as string,
  })
})

test.each([
  ['GET http://other.example/v1/config HTTP/1.1', '404'],
  ['GET /e/%zz/jwks.json HTTP/1.1', '400'],
  ['GET /v1/%2e%2e/api/v1/services HTTP/1.1', '404'],
  ['OPTIONS * HTTP/1.1', '404'],
  [`GET /e/${'x'.repeat(400)}/jwks.json HTTP/1.1`, '404'],
])('the request line %s is answered by the gateway itself', async (line, status) => {
  expect(await rawRequest(`${line}\r\nhost: x\r\nconnection: close\r\n\r\n`)).toContain(`HTTP/1.1 ${status}`)
})

test('the metrics name routes, never paths', async () => {
  await fetch(`${gateway.url}/e/production/jwks.json`)
  const text = await (await fetch(`${gateway.url}/metrics`)).text()
  expect(text).toMatch(
    /stepgate_http_requests_total\{route="\/e\/:environment\/jwks\.json",method="GET",status="200"\} \d+/,
  )
  expect(text).toContain('process_resident_memory_bytes')
})

describe('the console', () => {
  const echo: typeof consoleAnswer = (request, response) => {
    response.setHeader('connection', 'x-internal')
    response.setHeader('x-internal', 'kept inside')
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ method: request.method, url: request.url, headers: request.headers }))
  }
  afterEach(() => {
    consoleAnswer = undefined
  })

  test('gets what the gateway does not know, with the address the gateway saw', async () => {
    consoleAnswer = echo
    const headers = {
      'x-forwarded-for': '6.6.6.6',
      forwarded: 'for=6.6.6.6',
      'x-forwarded-proto': 'ftp',
      cookie: 'session=1',
    }
    const response = await fetch(`${gateway.url}/services/orders?tab=endpoints`, { headers })
    expect(response.headers.get('x-internal')).toBeNull()
    expect(response.headers.get('strict-transport-security')).not.toBeNull()
    expect(await response.json()).toMatchObject({
      method: 'GET',
      url: '/services/orders?tab=endpoints',
      headers: {
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-proto': 'https',
        'x-forwarded-host': new URL(gateway.url).host,
        cookie: 'session=1',
      },
    })
  })

  test.each([
    '/api/auth/session',
    '/livezz',
    '/v10',
    '/api/v1x',
    '/evil',
    '/e/production',
    '/e/production/services/orders',
    '/e/production/jwks.jsonx',
    '/',
  ])('gets %s', async (path) => {
    consoleAnswer = echo
    expect(((await (await fetch(gateway.url + path)).json()) as { url: string }).url).toBe(path)
  })

  test('streams bodies both ways', async () => {
    consoleAnswer = (request: IncomingMessage, response) => request.pipe(response)
    const body = 'x'.repeat(3_000_000)
    const response = await fetch(`${gateway.url}/upload`, { method: 'POST', body })
    expect(await response.text()).toBe(body)
  })

  test('is told when the browser goes away', async () => {
    const gone = Promise.withResolvers<void>()
    const arrived = Promise.withResolvers<void>()
    consoleAnswer = (_, response) => {
      response.write('first')
      arrived.resolve()
      response.on('close', gone.resolve)
    }
    const away = new AbortController()
    const response = await fetch(`${gateway.url}/stream`, { signal: away.signal })
    await arrived.promise
    expect(response.status).toBe(200)
    away.abort()
    await gone.promise
  })

  test('that is away is a page for people and a problem for programs, and comes back by itself', async () => {
    const path = `/tmp/stepgate-http-test-${process.pid}.sock`
    const proxied = await startTestGateway(database, {}, { socketPath: path })
    const page = await fetch(`${proxied.url}/`, { headers: { accept: 'text/html' } })
    expect([page.status, page.headers.get('retry-after'), page.headers.get('content-type')]).toEqual([
      503,
      '2',
      'text/html; charset=utf-8',
    ])
    expect(await page.text()).toContain('The console is starting')
    expect(await problemOf(await fetch(`${proxied.url}/`))).toBe('unavailable')
    const late = createServer((_, response) => response.end('here'))
    await new Promise<void>((resolve) => late.listen(path, resolve))
    expect(await (await fetch(`${proxied.url}/`)).text()).toBe('here')
    late.closeAllConnections()
    late.close()
    await proxied.close()
  })

  test('is nowhere when this gateway has none', async () => {
    const alone = await startTestGateway(database)
    expect(await problemOf(await fetch(`${alone.url}/services`))).toBe('route-not-found')
    await alone.close()
  })
})

describe('the caller’s address', () => {
  const requestFrom = (peer: string, forwarded?: string) =>
    ({
      socket: { remoteAddress: peer },
      headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
    }) as unknown as IncomingMessage
  test.each([
    ['the peer', [], '203.0.113.1', '6.6.6.6', '203.0.113.1'],
    ['written as IPv4, however it arrived', [], '::ffff:203.0.113.1', undefined, '203.0.113.1'],
    ['the last that a trusted proxy saw', ['10.0.0.0/8'], '10.0.0.1', '6.6.6.6, 203.0.113.1', '203.0.113.1'],
    ['behind a chain of trusted proxies', ['10.0.0.0/8'], '10.0.0.1', '6.6.6.6, 203.0.113.1, 10.0.0.2', '203.0.113.1'],
    ['the peer when the header is nonsense', ['10.0.0.0/8'], '10.0.0.1', '<script>', '10.0.0.1'],
    ['a single trusted address', ['10.0.0.1'], '10.0.0.1', '203.0.113.1', '203.0.113.1'],
  ] as [string, string[], string, string | undefined, string][])('is %s', (_, proxies, peer, forwarded, expected) => {
    expect(readClientAddressBehind(trustProxies(proxies))(requestFrom(peer, forwarded))).toBe(expected)
  })

  test('is not guessed from a list of proxies with a typing error', () => {
    expect(() => trustProxies(['10.0.0.0/64'])).toThrow('Trusted proxies: "10.0.0.0/64"')
  })
})

test.each([
  ['[[1]]', 2, false],
  ['[[1]]', 1, true],
  ['{"a":{"b":[1]}}', 2, true],
  ['"[[[["', 1, false],
  [String.raw`{"a":"\"[[["}`, 1, false],
  [String.raw`{"a":"\\"}`, 1, false],
  ['[1],[2],[3]', 1, false],
  ['"[[[', 1, false],
])('%s nested deeper than %i: %s', (text, depth, expected) => expect(isDeeperThan(text, depth)).toBe(expected))

test('a port in use is an error, and leaves nothing behind', async () => {
  const port = Number(new URL(gateway.url).port)
  await expect(startTestGateway(database, { port })).rejects.toThrow('EADDRINUSE')
  await eventually(async () => (await fetch(`${gateway.url}/readyz`)).status === 200)
})

function rawRequest(text: string): Promise<string> {
  const { hostname, port } = new URL(gateway.url)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(text))
    let answer = ''
    socket.on('data', (chunk) => (answer += chunk.toString()))
    socket.on('end', () => resolve(answer))
    socket.on('error', reject)
  })
}
