/** Tokens bound to a certificate: real TLS connections, with the right certificate, another one and none. */
import { request, Agent, createServer, type Server } from 'node:https'
import { createServer as createPlainServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Stepgate, StepgateOptions } from '../src/index.ts'
import { guard } from '../src/node-http.ts'
import { makeCertificate, type TestCertificate } from './certificates.ts'
import { TestControlPlane } from './control-plane.ts'
import { bearer, connect, endpoint, sendRaw, type RawAnswer } from './fixtures.ts'
import { makeProof, makeProofSigner } from './proofs.ts'
import { waitFor } from './wait-for.ts'

const serverCertificate = makeCertificate('localhost')
const own = makeCertificate('billing')
const other = makeCertificate('billing')
const plane = new TestControlPlane([
  endpoint('GET /orders/:orderId', 'enforce'),
  endpoint('GET /bound', 'enforce', {
    access: 'token',
    requirements: [{ kind: 'sender-constraint', anyOf: ['mutual-tls'] }],
  }),
])
const closers: (() => unknown)[] = []

function toListener(stepgate: Stepgate): RequestListener {
  const read = guard(stepgate, 'GET', '/orders/:orderId', (_request, response) => response.end('read'))
  const bound = guard(stepgate, 'GET', '/bound', (_request, response) => response.end('bound'))
  return (incoming, response) => (incoming.url === '/bound' ? bound : read)(incoming, response)
}

async function serve(server: Server | ReturnType<typeof createPlainServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(
    () => server.close(),
    () => server.closeAllConnections(),
  )
  return (server.address() as AddressInfo).port
}

const secure = (stepgate: Stepgate, requestCert: boolean): Promise<number> =>
  serve(
    createServer(
      { key: serverCertificate.keyPem, cert: serverCertificate.certPem, requestCert, rejectUnauthorized: false },
      toListener(stepgate),
    ),
  )

async function start(options: StepgateOptions = {}): Promise<Stepgate> {
  const stepgate = connect(plane, options)
  await stepgate.started
  closers.push(() => stepgate.close())
  return stepgate
}

let port = 0
beforeAll(async () => {
  await plane.start()
  port = await secure(await start(), true)
})
afterAll(async () => {
  for (const close of closers) await close()
  await plane.kill()
})

interface Ask {
  readonly port?: number
  readonly path?: string
  readonly certificate?: TestCertificate
  readonly headers?: Readonly<Record<string, string>>
  readonly agent?: Agent
}

const agentOf = (certificate?: TestCertificate, options: object = {}): Agent =>
  new Agent({
    ca: serverCertificate.certPem,
    ...(certificate === undefined ? {} : { cert: certificate.certPem, key: certificate.keyPem }),
    ...options,
  })

const ask = (
  token: string,
  options: Ask = {},
): Promise<{ status: number; challenge: string | undefined; isReused: boolean }> =>
  new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port: options.port ?? port,
        path: options.path ?? '/orders/42',
        headers: { ...bearer(token), ...options.headers },
        agent: options.agent ?? agentOf(options.certificate),
      },
      (answer) => {
        const { socket } = answer
        const isReused = socket instanceof TLSSocket && socket.isSessionReused()
        answer.resume().on('end', () => {
          resolve({ status: answer.statusCode ?? 0, challenge: answer.headers['www-authenticate'], isReused })
        })
      },
    )
    outgoing.on('error', reject).end()
  })

const boundToken = (certificate = own): string => plane.issueToken({ cnf: { 'x5t#S256': certificate.thumbprint } })

describe('a token bound to a certificate', () => {
  it('is good on a connection with that certificate, and meets a rule that asks for mutual TLS', async () => {
    expect((await ask(boundToken(), { certificate: own })).status).toBe(200)
    expect((await ask(boundToken(), { certificate: own, path: '/bound' })).status).toBe(200)
    expect((await ask(plane.issueToken(), { certificate: own, path: '/bound' })).status).toBe(403)
  })

  it('is sender-unproven with another certificate, with none, and over plain HTTP', async () => {
    for (const certificate of [other, undefined]) {
      const answer = await ask(boundToken(), certificate === undefined ? {} : { certificate })
      expect(answer).toMatchObject({ status: 401, challenge: 'Bearer error="invalid_token"' })
    }
    const plain = await serve(createPlainServer(toListener(await start())))
    expect((await sendRaw(plain, 'GET', '/orders/42', bearer(boundToken()))).status).toBe(401)
    await waitFor('the reports of both services', () => {
      const { signatures } = plane
      const isProven = signatures.some(({ sender }) => sender === 'mutual-tls')
      return isProven && signatures.some(({ reason }) => reason === 'sender-unproven')
    })
    expect(plane.signatures.find(({ reason }) => reason === 'sender-unproven')).toMatchObject({
      caller: 'billing',
      tokenProblem: 'sender-unproven',
      sender: 'none',
    })
    expect(plane.signatures.find(({ sender }) => sender === 'mutual-tls')).toMatchObject({ tokenProblem: null })
  })

  it('is sender-unproven where the server asks for no certificate', async () => {
    const silent = await secure(await start(), false)
    expect((await ask(boundToken(), { port: silent, certificate: own })).status).toBe(401)
  })

  it('is judged by each connection and each token of its own', async () => {
    const agent = agentOf(own, { keepAlive: true, maxSockets: 1 })
    const [mine, theirs] = [boundToken(own), boundToken(other)]
    const statuses = []
    for (const token of [mine, theirs, mine, theirs]) statuses.push((await ask(token, { agent })).status)
    expect(statuses).toEqual([200, 401, 200, 401])
    expect((await ask(mine, { certificate: other })).status).toBe(401)
    expect((await ask(mine, { certificate: own })).status).toBe(200)
    agent.destroy()
  })

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('is good on a session of %s that is taken up again', async (version) => {
    const agent = agentOf(own, { maxVersion: version, minVersion: version })
    const reused: boolean[] = []
    for (let round = 0; round < 3; round++) {
      const answer = await ask(boundToken(), { agent })
      expect(answer.status).toBe(200)
      reused.push(answer.isReused)
    }
    expect(reused).toContain(true)
  })

  it('does not come under the scheme of DPoP', async () => {
    const token = boundToken()
    const proof = makeProof(makeProofSigner('ES256'), { url: `https://127.0.0.1:${String(port)}/orders/42`, token })
    const headers = { authorization: `DPoP ${token}`, dpop: proof }
    expect((await ask(token, { certificate: own, headers })).status).toBe(401)
  })
})

describe('Client-Cert', () => {
  const header = (certificate: TestCertificate): string => `:${certificate.der.toString('base64')}:`
  const askWith = (at: number, clientCert: string, more: Record<string, string> = {}): Promise<RawAnswer> =>
    sendRaw(at, 'GET', '/orders/42', { ...bearer(boundToken()), 'client-cert': clientCert, ...more })
  const behind = (options: StepgateOptions): Promise<number> =>
    start(options).then((stepgate) => serve(createPlainServer(toListener(stepgate))))

  it('is believed from a trusted proxy where the setting says so', async () => {
    const at = await behind({ trustedProxies: ['loopback'], clientCertHeader: 'client-cert' })
    expect((await askWith(at, header(own))).status).toBe(200)
    expect((await askWith(at, header(other))).status).toBe(401)
  })

  it('is believed from nobody else', async () => {
    const stranger = await behind({ trustedProxies: ['10.0.0.0/8'], clientCertHeader: 'client-cert' })
    const silent = await behind({ trustedProxies: ['loopback'] })
    for (const at of [stranger, silent]) {
      expect((await askWith(at, header(own))).status).toBe(401)
      expect((await askWith(at, header(own), { 'x-forwarded-for': '127.0.0.1' })).status).toBe(401)
    }
  })

  it.each([
    ['twice', `${header(own)}, ${header(own)}`],
    ['without colons', own.der.toString('base64')],
    ['in base64url', `:${own.der.toString('base64url')}-:`],
    ['as PEM', own.certPem.replaceAll('\n', ' ')],
    ['with parameters', `${header(own)};a=1`],
    ['empty', '::'],
    ['too long', `:${'A'.repeat(20_000)}:`],
  ])('is not read %s', async (_how, clientCert) => {
    const stepgate = await start({ trustedProxies: ['loopback'], clientCertHeader: 'client-cert' })
    const at = await serve(createPlainServer({ maxHeaderSize: 65_536 }, toListener(stepgate)))
    expect((await askWith(at, clientCert)).status).toBe(401)
  })

  it('counts instead of the certificate a proxy itself shows, so that nobody borrows that', async () => {
    const told = await secure(await start({ trustedProxies: ['loopback'], clientCertHeader: 'client-cert' }), true)
    expect((await ask(boundToken(), { port: told, certificate: own })).status).toBe(401)
    const headers = { 'client-cert': header(own) }
    expect((await ask(boundToken(), { port: told, certificate: other, headers })).status).toBe(200)
    const untold = await secure(await start({ trustedProxies: ['loopback'] }), true)
    const forwarded = { 'x-forwarded-for': '192.0.2.1' }
    expect((await ask(boundToken(), { port: untold, certificate: own, headers: forwarded })).status).toBe(401)
    expect((await ask(boundToken(), { port: untold, certificate: own })).status).toBe(200)
  })
})
