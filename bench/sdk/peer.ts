/** express-oauth2-jwt-bearer, asked without a socket: what people put before their routes today. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Request, Response } from 'express'
import { auth } from 'express-oauth2-jwt-bearer'
import type { SigningKey } from '../../sdk/test/signing.ts'
import { AUDIENCE, ISSUER } from './guard-harness.ts'

export interface Peer {
  /** Rejects a token that it refuses. */
  readonly check: (token: string) => Promise<void>
  readonly close: () => void
}

const toRequest = (token: string): Request => {
  const headers = { authorization: `Bearer ${token}`, host: 'orders' }
  const request = { headers, method: 'GET', protocol: 'http', url: '/orders/42', query: {}, body: {} }
  return { ...request, is: () => false, get: () => headers.host } as unknown as Request // as much of one as it looks at
}

/** It takes its keys from an address, once. */
export async function startPeer({ publicJwk }: SigningKey): Promise<Peer> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ keys: [publicJwk] }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const jwksUri = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
  const middleware = auth({ issuer: ISSUER, audience: AUDIENCE, jwksUri, tokenSigningAlg: publicJwk.alg })
  const response = Object.create(null) as Response // it writes nothing itself
  const check = (token: string): Promise<void> =>
    new Promise((resolve, reject) => {
      void middleware(toRequest(token), response, (error?: unknown) => {
        if (error === undefined) resolve()
        else reject(new Error('the peer refuses the token', { cause: error }))
      })
    })
  return { check, close: () => server.close() }
}
