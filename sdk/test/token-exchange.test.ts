/** Tokens for acting on behalf of somebody who called: exchanged, kept by subject, and never used beyond the subject's own. */
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Stepgate } from '../src/index.ts'
import { TestControlPlane } from './control-plane.ts'
import { bearer, connect } from './fixtures.ts'

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'

let plane: TestControlPlane
let stepgate: Stepgate
let peer: Server
const received: IncomingMessage[] = []

const peerUrl = (): string => `http://127.0.0.1:${String((peer.address() as AddressInfo).port)}` // it listens on a port
const exchanges = (): URLSearchParams[] =>
  plane.tokenRequests.map(({ parameters }) => parameters).filter((each) => each.get('grant_type') === EXCHANGE)

beforeEach(async () => {
  plane = await new TestControlPlane().start()
  received.length = 0
  peer = createServer((request, response) => {
    received.push(request)
    response.end('peer')
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

describe('exchangeToken', () => {
  it('asks for one audience with the token of the subject (RFC 8693, section 2.1)', async () => {
    const subjectToken = plane.issueToken({ sub: 'ada' })
    const { tokenType } = await stepgate.exchangeToken({
      subjectToken,
      audience: 'payments',
      scopes: ['payments:read'],
    })
    expect(tokenType).toBe('Bearer')
    expect(exchanges().map((parameters) => Object.fromEntries(parameters))).toEqual([
      {
        grant_type: EXCHANGE,
        subject_token: subjectToken,
        subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        resource: 'payments',
        scope: 'payments:read',
      },
    ])
  })

  it('asks once for a subject, and anew for another', async () => {
    const [ada, grace] = [plane.issueToken({ sub: 'ada' }), plane.issueToken({ sub: 'grace' })]
    const wish = { subjectToken: ada, audience: 'payments' }
    const tokens = await Promise.all(Array.from({ length: 20 }, () => stepgate.exchangeToken(wish)))
    expect(new Set(tokens.map(({ accessToken }) => accessToken)).size).toBe(1)
    const other = await stepgate.exchangeToken({ ...wish, subjectToken: grace })
    expect(other.accessToken).not.toBe(tokens[0]?.accessToken)
    expect(exchanges()).toHaveLength(2)
  })

  it('never hands out a token that outlives its subject', async () => {
    const exp = Math.floor(Date.now() / 1000) + 30
    const token = await stepgate.exchangeToken({ subjectToken: plane.issueToken({ exp }), audience: 'payments' })
    expect(token.expiresAt.getTime()).toBeLessThanOrEqual(exp * 1000)
  })
})

describe('fetch on behalf of a request', () => {
  it('calls with a token that was exchanged for the one the request came with', async () => {
    const subjectToken = plane.issueToken({ sub: 'ada' })
    const answer = await stepgate.fetch(`${peerUrl()}/charges`, { onBehalfOf: { headers: bearer(subjectToken) } })
    expect(await answer.text()).toBe('peer')
    expect(exchanges().map((parameters) => parameters.get('subject_token'))).toEqual([subjectToken])
    expect(received[0]?.headers.authorization).toMatch(/^Bearer /)
    expect(received[0]?.headers.authorization).not.toContain(subjectToken)
  })

  it('is refused for a request that carries no token, before anything is sent', async () => {
    const call = stepgate.fetch(`${peerUrl()}/charges`, { onBehalfOf: { headers: {} } })
    await expect(call).rejects.toMatchObject({ name: 'StepgateTokenError', code: 'subject-missing' })
    expect([received, exchanges()]).toEqual([[], []])
  })
})
