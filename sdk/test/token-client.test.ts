/** Tokens for calling other services: kept, renewed, shared, and used through an outage. */
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { StepgateTokenError, type Stepgate } from '../src/index.ts'
import { CLIENT_ID, CLIENT_SECRET, TestControlPlane } from './control-plane.ts'
import { connect } from './fixtures.ts'
import { makeSigningKey } from './signing.ts'
import { waitFor } from './wait-for.ts'

let plane: TestControlPlane
let stepgate: Stepgate
let peer: Server
const received: IncomingMessage[] = []
let answers: number[] = []

beforeEach(async () => {
  plane = await new TestControlPlane().start()
  received.length = 0
  answers = []
  peer = createServer((request, response) => {
    received.push(request)
    request.resume()
    response.writeHead(answers.shift() ?? 200).end('peer')
  })
  await new Promise<void>((resolve) => peer.listen(0, '127.0.0.1', resolve))
  stepgate = connect(plane, { audiences: { [peerUrl()]: 'payments' } })
  await stepgate.started
})

afterEach(async () => {
  await stepgate.close()
  peer.close()
  peer.closeAllConnections()
  await plane.kill()
})

const peerUrl = (): string => `http://127.0.0.1:${String((peer.address() as AddressInfo).port)}`
const requestsFor = (audience: string): number =>
  plane.tokenRequests.filter(({ parameters }) => parameters.get('resource') === audience).length

describe('getToken', () => {
  it('asks for one audience with the secret, form-encoded as OAuth wants it', async () => {
    const token = await stepgate.getToken('payments', { scopes: ['payments:create'] })
    const { parameters, authorization = '' } = plane.tokenRequests.at(-1) ?? { parameters: new URLSearchParams() }
    expect(Object.fromEntries(parameters)).toEqual({
      grant_type: 'client_credentials',
      resource: 'payments',
      scope: 'payments:create',
    })
    const [id = '', secret = ''] = Buffer.from(authorization.replace('Basic ', ''), 'base64').toString().split(':')
    expect([id, decodeURIComponent(secret.replaceAll('+', ' '))]).toEqual([CLIENT_ID, CLIENT_SECRET])
    expect(token.scopes).toEqual(['payments:create'])
    expect(Math.abs(token.expiresAt.getTime() - Date.now() - 900_000)).toBeLessThan(60_000)
  })

  it('asks once however many wait, and keeps the token by audience and scopes', async () => {
    const tokens = await Promise.all(
      Array.from({ length: 50 }, () => stepgate.getToken('payments', { scopes: ['b:b', 'a:a'] })),
    )
    expect(new Set(tokens.map(({ accessToken }) => accessToken)).size).toBe(1)
    expect((await stepgate.getToken('payments', { scopes: ['a:a', 'b:b', 'a:a'] })).accessToken).toBe(
      tokens[0]?.accessToken,
    )
    expect(requestsFor('payments')).toBe(1)
    await stepgate.getToken('payments')
    expect(requestsFor('payments')).toBe(2)
  })

  it('renews ahead of time in the background, and lives on what it has through an outage', async () => {
    plane.lifetimeSeconds = 4
    const first = await stepgate.getToken('payments')
    let renewed = first
    await waitFor('the renewal', () => {
      void stepgate.getToken('payments').then((token) => (renewed = token))
      return renewed.accessToken !== first.accessToken
    })
    await plane.kill()
    expect((await stepgate.getToken('payments')).accessToken).toBe(renewed.accessToken)
    expect(requestsFor('payments')).toBe(2)
    await waitFor('its end', () => renewed.expiresAt.getTime() < Date.now())
    await expect(stepgate.getToken('payments')).rejects.toMatchObject({
      name: 'StepgateTokenError',
      code: 'unavailable',
      audience: 'payments',
      status: null,
    })
  })

  it('tells a refusal from an outage, with what the control plane said and without the secret', async () => {
    plane.fault = (_request, response, route) =>
      route === 'POST /oauth/token' &&
      Boolean(
        response
          .writeHead(400)
          .end(JSON.stringify({ error: 'invalid_scope', error_description: 'orders does not hold payments:create' })),
      )
    const error: unknown = await stepgate.getToken('payments').catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(StepgateTokenError)
    expect(error).toMatchObject({
      code: 'refused',
      status: 400,
      message: 'Stepgate: no access token for "payments": invalid_scope: orders does not hold payments:create',
    })
  })

  it.each([
    [404, '{"title":"Not Found"}', 'status 404'],
    [404, '<html>default backend</html>', 'status 404, HTML'],
    [400, '{"title":"Bad Request"}', 'status 400'],
    [403, ' <!doctype html>', 'status 403, HTML'],
    [200, '<html>another service</html>', 'status 200, HTML'],
    [503, '{"error":"temporarily_unavailable"}', 'temporarily_unavailable'],
  ])('does not take status %d with %s for a refusal', async (status, body, detail) => {
    plane.fault = (_request, response, route) =>
      route === 'POST /oauth/token' && Boolean(response.writeHead(status).end(body))
    await expect(stepgate.getToken('payments')).rejects.toMatchObject({ code: 'unavailable', status, detail })
  })

  it.each([
    '{}',
    '{"access_token":"a\\nb","expires_in":60}',
    '{"access_token":"a","expires_in":-1}',
    '{"access_token":"a","expires_in":"60"}',
    '[]',
    'x',
  ])('does not take %s for a token', async (body) => {
    plane.fault = (_request, response, route) =>
      route === 'POST /oauth/token' && Boolean(response.writeHead(200).end(body))
    await expect(stepgate.getToken('payments')).rejects.toMatchObject({ code: 'unavailable' })
  })

  it.each(['EdDSA', 'ES256', 'RS256'] as const)('proves itself with a private key (%s)', async (alg) => {
    const key = makeSigningKey(alg, 'mine')
    const pem = key.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
    for (const privateKey of [pem, JSON.stringify(key.privateKey.export({ format: 'jwk' }))]) {
      const own = connect(plane, { privateKey, privateKeyId: 'mine' })
      await own.getToken('payments')
      const { parameters, authorization } = plane.tokenRequests.at(-1) ?? {
        parameters: new URLSearchParams(),
        authorization: '',
      }
      expect(authorization).toBeUndefined()
      const keys = createLocalJWKSet({ keys: [key.publicJwk] })
      const { payload } = await jwtVerify(parameters.get('client_assertion') ?? '', keys, {
        issuer: CLIENT_ID,
        subject: CLIENT_ID,
        audience: `${plane.url}/oauth/token`,
      })
      expect(payload.jti).toMatch(/^[0-9a-f-]{36}$/)
      await own.close()
    }
  })
})

describe('fetch', () => {
  const tokenOf = (index: number): string | undefined => received[index]?.headers.authorization

  it('adds a token for the audience of the origin', async () => {
    const answer = await stepgate.fetch(`${peerUrl()}/charges`, {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json' },
    })
    expect(await answer.text()).toBe('peer')
    expect(received[0]?.headers).toMatchObject({
      authorization: `Bearer ${(await stepgate.getToken('payments')).accessToken}`,
      'content-type': 'application/json',
    })
  })

  it('tries once more with a new token after a 401, and only once', async () => {
    answers = [401, 401]
    expect((await stepgate.fetch(`${peerUrl()}/charges`, { method: 'POST', body: 'x' })).status).toBe(401)
    expect(received).toHaveLength(2)
    expect(tokenOf(0)).not.toBe(tokenOf(1))
  })

  it('does not repeat a body that can be read only once', async () => {
    answers = [401]
    const body = new Blob(['x']).stream()
    expect((await stepgate.fetch(peerUrl(), { method: 'POST', body, duplex: 'half' } as RequestInit)).status).toBe(401)
    expect(received).toHaveLength(1)
  })

  it('sends no token to strangers, nor in place of one that was given', async () => {
    const other = connect(plane)
    await other.fetch(peerUrl())
    await stepgate.fetch(peerUrl(), { headers: { authorization: 'Basic x' } })
    await other.fetch(new Request(peerUrl()), { audience: 'payments' })
    expect([tokenOf(0), tokenOf(1)]).toEqual([undefined, 'Basic x'])
    expect(tokenOf(2)).toMatch(/^Bearer /)
    await other.close()
  })
})
