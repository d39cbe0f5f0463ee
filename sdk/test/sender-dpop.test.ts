/** Tokens bound to a key: what proves that a request comes from its holder, and everything that must not. */
import { createHmac, randomUUID } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import { connect as connectHttp2, createServer as createHttp2Server, type ClientHttp2Session } from 'node:http2'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { protectExpress } from '../src/express.ts'
import type { Stepgate } from '../src/index.ts'
import { guard } from '../src/node-http.ts'
import { TestControlPlane } from './control-plane.ts'
import { bearer, connect, endpoint, sendRaw, type RawAnswer } from './fixtures.ts'
import { makeProof, makeProofSigner, type ProofParts } from './proofs.ts'
import { encodePart } from './signing.ts'

const SENDER_RULE = {
  access: 'token' as const,
  requirements: [{ kind: 'sender-constraint' as const, anyOf: ['dpop' as const] }],
}
const ROUTE = '/orders/:orderId'
const URL_OF_ORDER = 'http://test/orders/42'
const holder = makeProofSigner('ES256')
const thief = makeProofSigner('ES256')
const plane = new TestControlPlane([
  endpoint(`GET ${ROUTE}`, 'enforce'),
  endpoint('POST /bound', 'enforce', SENDER_RULE),
  endpoint('GET /watched', 'log-only'),
])
const open: { stepgate: Stepgate; server: Server }[] = []

async function serve(options: Parameters<typeof connect>[1] = {}): Promise<number> {
  const stepgate = connect(plane, options)
  await stepgate.started
  const answer = guard(stepgate, 'GET', ROUTE, (request, response) => {
    response.end(JSON.stringify(request.stepgate))
  })
  const bound = guard(stepgate, 'POST', '/bound', (_request, response) => response.end('bound'))
  const watched = guard(stepgate, 'GET', '/watched', (request, response) => {
    response.end(JSON.stringify(request.stepgate))
  })
  const server = createServer((request, response) => {
    const path = (request.url ?? '').replace(/^http:\/\/[^/]+/, '')
    if (path === '/bound') bound(request, response)
    else if (path === '/watched') watched(request, response)
    else answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.push({ stepgate, server })
  return (server.address() as AddressInfo).port
}

let port = 0
beforeAll(async () => {
  await plane.start()
  port = await serve()
})
afterAll(async () => {
  for (const { stepgate, server } of open) {
    await stepgate.close()
    server.close()
    server.closeAllConnections()
  }
  await plane.kill()
})

const boundToken = (claims: object = {}): string => plane.issueToken({ cnf: { jkt: holder.thumbprint }, ...claims })

const headersOf = (token: string, proof: string): Record<string, string> => ({
  authorization: `DPoP ${token}`,
  dpop: proof,
})

const ask = (token: string, parts: Partial<ProofParts> = {}, target = '/orders/42'): Promise<RawAnswer> =>
  sendRaw(port, 'GET', target, headersOf(token, makeProof(holder, { url: URL_OF_ORDER, token, ...parts })))

const ALGORITHMS = 'algs="ES256 EdDSA RS256"'

describe('a proof of possession', () => {
  it.each(['ES256', 'EdDSA', 'RS256'] as const)('by %s makes the bound token the caller’s own', async (alg) => {
    const signer = makeProofSigner(alg)
    const token = plane.issueToken({ cnf: { jkt: signer.thumbprint } })
    for (let round = 0; round < 2; round++) {
      const answer = await sendRaw(
        port,
        'GET',
        '/orders/42?page=1',
        headersOf(token, makeProof(signer, { url: URL_OF_ORDER, token })),
      )
      expect(answer.status).toBe(200)
      expect(JSON.parse(answer.body)).toMatchObject({ caller: 'billing', outcome: 'allowed' })
    }
  })

  it.each([
    ['with a query and a fragment', 'http://test/orders/42?page=1#top'],
    ['with the scheme’s port', 'http://test:80/orders/42'],
    ['in another case', 'HTTP://TEST/orders/42'],
    ['with needless escapes', 'http://test/%6frders/4%32'],
  ])('names the address %s', async (_how, url) => {
    expect((await ask(boundToken(), { url })).status).toBe(200)
  })

  it('is looked at for the method that was sent, HEAD included', async () => {
    const token = boundToken()
    const head = (method: string): Promise<RawAnswer> =>
      sendRaw(port, 'HEAD', '/orders/42', headersOf(token, makeProof(holder, { url: URL_OF_ORDER, token, method })))
    expect((await head('HEAD')).status).toBe(200)
    expect((await head('GET')).status).toBe(401)
  })

  it('is looked at for a target that is a whole address', async () => {
    expect((await ask(boundToken(), {}, URL_OF_ORDER)).status).toBe(200)
    expect((await ask(boundToken(), { url: 'http://test/orders/43' }, URL_OF_ORDER)).status).toBe(401)
  })

  it('is good once', async () => {
    const token = boundToken()
    const headers = headersOf(token, makeProof(holder, { url: URL_OF_ORDER, token }))
    expect((await sendRaw(port, 'GET', '/orders/42', headers)).status).toBe(200)
    expect((await sendRaw(port, 'GET', '/orders/42', headers)).status).toBe(401)
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => {
        const same = makeProof(holder, { url: URL_OF_ORDER, token, claims: { jti: 'the same' } })
        return sendRaw(port, 'GET', '/orders/42', headersOf(token, same))
      }),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  })

  it('serves all guarded routes one request passes', async () => {
    const stepgate = connect(plane)
    const app = express()
    protectExpress(app, stepgate)
    await stepgate.started
    app.get('/orders/:orderId', (_request, _response, next) => next())
    app.get('/watched', (_request, response) => response.end())
    app.get('/orders/:id', (_request, response) => response.end('the second'))
    const server = createServer(app)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    open.push({ stepgate, server })
    plane.publish({ endpoints: [...plane.snapshot.endpoints, endpoint('GET /orders/:id', 'enforce')] })
    const own = (server.address() as AddressInfo).port
    const token = boundToken()
    const answer = await sendRaw(
      own,
      'GET',
      '/orders/42',
      headersOf(token, makeProof(holder, { url: URL_OF_ORDER, token })),
    )
    expect([answer.status, answer.body]).toEqual([200, expect.stringContaining('the second')])
  })

  it('reads the host of HTTP/2', async () => {
    const stepgate = connect(plane)
    await stepgate.started
    const read = guard(stepgate, 'GET', ROUTE, (_request, response) => response.end('read'))
    const server = createHttp2Server((request, response) => {
      read(request as never, response as never) // the compatibility API of HTTP/2 has what the guard reads
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const origin = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
    const client: ClientHttp2Session = connectHttp2(origin)
    const token = boundToken()
    const statusOf = (url: string): Promise<unknown> =>
      new Promise((resolve, reject) => {
        const stream = client.request({
          ':path': '/orders/42',
          authorization: `DPoP ${token}`,
          dpop: makeProof(holder, { url, token }),
        })
        stream.on('response', (headers) => resolve(headers[':status']))
        stream.on('error', reject)
        stream.resume().end()
      })
    expect(await statusOf(`${origin}/orders/42`)).toBe(200)
    expect(await statusOf(URL_OF_ORDER)).toBe(401)
    client.destroy()
    server.close()
    await stepgate.close()
  })
})

const now = (): number => Math.floor(Date.now() / 1000)
const privateJwk = (): object => holder.key.privateKey.export({ format: 'jwk' })

describe('a request is refused as sender-unproven', () => {
  it.each([
    ['of another method', { method: 'POST' }],
    ['of a method in another case', { method: 'get' }],
    ['of another path', { url: 'http://test/orders/43' }],
    ['of a path in another case', { url: 'http://test/Orders/42' }],
    ['of another host', { url: 'http://evil.example/orders/42' }],
    ['of another scheme', { url: 'https://test/orders/42' }],
    ['of another port', { url: 'http://test:8080/orders/42' }],
    ['of an address with credentials', { url: 'http://user@test/orders/42' }],
    ['of an address without a host', { url: '/orders/42' }],
    ['of an address that escapes a slash', { url: 'http://test/orders%2f42' }],
    ['that is stale', { claims: { iat: now() - 300 } }],
    ['from the future', { claims: { iat: now() + 300 } }],
    ['without a time', { claims: { iat: undefined } }],
    ['with a time in words', { claims: { iat: String(now()) } }],
    ['with no time at all', { claims: { iat: null } }],
    ['without an id', { claims: { jti: undefined } }],
    ['with an empty id', { claims: { jti: '' } }],
    ['with an endless id', { claims: { jti: 'x'.repeat(257) } }],
    ['without a method', { claims: { htm: undefined } }],
    ['without an address', { claims: { htu: undefined } }],
    ['without the token’s hash', { claims: { ath: undefined } }],
    ['for another token', { token: 'another' }],
    ['signed by another key', { signer: thief.key }],
    ['that carries another key', { header: { jwk: thief.jwk } }],
    ['that carries another key and is signed by it', { header: { jwk: thief.jwk }, signer: thief.key }],
    ['that carries the private key', { header: { jwk: privateJwk() } }],
    ['that carries no key', { header: { jwk: undefined } }],
    ['that carries a list', { header: { jwk: [holder.jwk] } }],
    ['that carries a symmetric key', { header: { jwk: { kty: 'oct', k: 'AAAA' }, alg: 'HS256' } }],
    ['of no algorithm', { header: { alg: 'none' } }],
    ['of a symmetric algorithm', { header: { alg: 'HS256' } }],
    ['of another algorithm', { header: { alg: 'RS256' } }],
    ['of another type', { header: { typ: 'JWT' } }],
    ['without a type', { header: { typ: undefined } }],
    ['with an extension', { header: { crit: ['exp'], exp: 1 } }],
    ['that is huge', { claims: { padding: 'x'.repeat(4_000) } }],
  ] as [string, Partial<ProofParts>][])('with a proof %s', async (_what, parts) => {
    const answer = await ask(boundToken(), parts)
    expect(answer.status).toBe(401)
    expect(answer.headers['www-authenticate']).toBe(`DPoP error="invalid_dpop_proof", ${ALGORITHMS}`)
    expect(answer.body).not.toContain('htu')
  })

  it('with a proof signed by the public key as a secret', async () => {
    const token = boundToken()
    const input = `${encodePart({ typ: 'dpop+jwt', alg: 'HS256', jwk: holder.jwk })}.${encodePart({ jti: randomUUID(), htm: 'GET', htu: URL_OF_ORDER, iat: now() })}`
    const forged = `${input}.${createHmac('sha256', JSON.stringify(holder.jwk)).update(input).digest('base64url')}`
    expect((await sendRaw(port, 'GET', '/orders/42', headersOf(token, forged))).status).toBe(401)
  })

  it('with two proofs, with none, and with what is none', async () => {
    const token = boundToken()
    const proof = (): string => makeProof(holder, { url: URL_OF_ORDER, token })
    const statusOf = async (headers: Record<string, string>): Promise<number> =>
      (await sendRaw(port, 'GET', '/orders/42', headers)).status
    expect(await statusOf({ authorization: `DPoP ${token}`, dpop: proof(), DPoP: proof() })).toBe(401)
    expect(await statusOf({ authorization: `DPoP ${token}` })).toBe(401)
    for (const text of ['', '.', '..', 'a.b', `${proof()}.`, `${proof()}=`, proof().slice(0, -2)])
      expect(await statusOf(headersOf(token, text))).toBe(401)
  })

  it('when a bound token comes as a bearer token, whatever else comes along', async () => {
    const token = boundToken()
    const answer = await sendRaw(port, 'GET', '/orders/42', {
      ...bearer(token),
      dpop: makeProof(holder, { url: URL_OF_ORDER, token }),
    })
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([401, 'Bearer error="invalid_token"'])
  })

  it('when a plain token comes with a proof', async () => {
    const token = plane.issueToken()
    expect((await ask(token)).status).toBe(401)
    expect((await sendRaw(port, 'GET', '/orders/42', bearer(token))).status).toBe(200)
  })

  it.each([
    [{ kid: 'x' }],
    [{}],
    [null],
    ['x'],
    [{ jkt: holder.thumbprint, 'x5t#S256': holder.thumbprint }],
    [{ jkt: [holder.thumbprint] }],
    [{ jkt: `${holder.thumbprint}=` }],
  ])('when it is bound by %j', async (cnf) => {
    expect((await ask(boundToken({ cnf }))).status).toBe(401)
  })

  it('last of all: an expired token is expired first', async () => {
    const token = boundToken({ iat: 1_000, exp: 2_000 })
    expect((await ask(token)).headers['www-authenticate']).toBe(`DPoP error="invalid_token", ${ALGORITHMS}`)
  })
})

describe('the challenge', () => {
  it('asks for DPoP where the rule does, and tells a missing scope in the scheme that was used', async () => {
    const answer = await sendRaw(port, 'POST', '/bound', { 'content-length': '0' })
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([401, `DPoP ${ALGORITHMS}`])
    const plain = await sendRaw(port, 'POST', '/bound', { ...bearer(plane.issueToken()), 'content-length': '0' })
    expect([plain.status, plain.headers['www-authenticate']]).toEqual([403, `DPoP ${ALGORITHMS}`])
    const poor = await ask(boundToken({ scope: '' }))
    expect([poor.status, poor.headers['www-authenticate']]).toEqual([
      403,
      `DPoP error="insufficient_scope", scope="orders:read", ${ALGORITHMS}`,
    ])
  })
})

describe('the public address', () => {
  it('replaces the host of the request, with the path a proxy cuts off', async () => {
    const own = await serve({ publicUrl: 'https://api.example.com/shop/, http://orders:3000' })
    const statusOf = async (url: string, headers: Record<string, string> = {}): Promise<number> => {
      const token = boundToken()
      const sent = { ...headersOf(token, makeProof(holder, { url, token })), ...headers }
      return (await sendRaw(own, 'GET', '/orders/42', sent)).status
    }
    expect(await statusOf('https://api.example.com/shop/orders/42')).toBe(200)
    expect(await statusOf('http://orders:3000/orders/42')).toBe(200)
    expect(await statusOf(URL_OF_ORDER)).toBe(401)
    expect(await statusOf('https://api.example.com/orders/42')).toBe(401)
    expect(await statusOf('https://evil.example/orders/42', { 'x-forwarded-host': 'evil.example' })).toBe(401)
  })

  it('comes from forwarded headers of trusted proxies alone', async () => {
    const url = 'https://shop.example/orders/42'
    const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'shop.example' }
    const statusAt = async (own: number, headers: Record<string, string>): Promise<number> => {
      const token = boundToken()
      const sent = { ...headersOf(token, makeProof(holder, { url, token })), ...headers }
      return (await sendRaw(own, 'GET', '/orders/42', sent)).status
    }
    const behind = await serve({ trustedProxies: ['loopback'] })
    expect(await statusAt(behind, forwarded)).toBe(200)
    expect(await statusAt(port, forwarded)).toBe(401)
    expect(await statusAt(behind, { ...forwarded, 'x-forwarded-proto': 'https, http' })).toBe(401)
    expect(await statusAt(behind, { ...forwarded, 'x-forwarded-host': 'shop.example/orders/42?' })).toBe(401)
  })
})

describe('a nonce of the service', () => {
  const secret = 'a secret that all instances of the service share'

  it('is asked for by refusing, told, and taken by every instance', async () => {
    const instances = [await serve({ dpopNonceSecret: secret }), await serve({ dpopNonceSecret: secret })]
    const token = boundToken()
    const send = (own: number, nonce?: string): Promise<RawAnswer> =>
      sendRaw(
        own,
        'GET',
        '/orders/42',
        headersOf(token, makeProof(holder, { url: URL_OF_ORDER, token, claims: { nonce } })),
      )
    const first = await send(instances[0] ?? 0)
    expect([first.status, first.headers['www-authenticate']]).toEqual([
      401,
      `DPoP error="use_dpop_nonce", ${ALGORITHMS}`,
    ])
    const nonce = first.headers['dpop-nonce'] ?? ''
    for (const own of instances) expect((await send(own, nonce)).status).toBe(200)
    expect((await send(instances[0] ?? 0, `${nonce}x`)).status).toBe(401)
  })

  it('is told to nobody whose proof is wrong otherwise, and not asked for where nothing is refused', async () => {
    const own = await serve({ dpopNonceSecret: secret })
    const token = boundToken()
    const wrong = await sendRaw(
      own,
      'GET',
      '/orders/42',
      headersOf(token, makeProof(thief, { url: URL_OF_ORDER, token })),
    )
    expect([wrong.status, wrong.headers['dpop-nonce']]).toEqual([401, undefined])
    const watched = await sendRaw(
      own,
      'GET',
      '/watched',
      headersOf(token, makeProof(holder, { url: 'http://test/watched', token })),
    )
    expect(JSON.parse(watched.body)).toMatchObject({ outcome: 'allowed', reason: null })
  })
})
