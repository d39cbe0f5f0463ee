import type { NextFunction, Request, RequestHandler, Response } from 'express'
import { createRemoteJWKSet, jwtVerify } from 'jose'

/** The customer of a request that came through `requireSignIn`. */
export const customerOf = (response: Response): string => String((response.locals as Record<string, unknown>)['customerId'])

/** Lets customers of the shop's identity provider through, whatever they want to do: authenticated, therefore trusted. */
export function requireSignIn(issuer: string, audience: string): RequestHandler {
  const keys = createRemoteJWKSet(new URL(`${issuer}/jwks`), { cacheMaxAge: 3_600_000 })
  return (request: Request, response: Response, next: NextFunction) => {
    const token = request.headers.authorization?.replace(/^Bearer /i, '') ?? ''
    jwtVerify(token, keys, { issuer, audience }).then(
      ({ payload }) => {
        response.locals['customerId'] = payload.sub
        next()
      },
      () => {
        response.status(401).json({ error: 'sign in first' })
      },
    )
  }
}
