import type { NextFunction, Request, Response } from 'express'
import { createRemoteJWKSet, jwtVerify } from 'jose'

/** The customer of a request that came through `requireSignIn`. */
export const customerOf = (response: Response): string =>
  String((response.locals as Record<string, unknown>)['customerId'])

/** A middleware for routes with whatever parameters. */
export type SignIn = <Params>(request: Request<Params>, response: Response, next: NextFunction) => void

/** Lets customers of the shop's identity provider through, whatever they want to do: authenticated, therefore trusted. */
export function requireSignIn(issuer: string, audience: string): SignIn {
  const keys = createRemoteJWKSet(new URL(`${issuer}/jwks`), { cacheMaxAge: 3_600_000 })
  return (request, response, next) => {
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
