import { own, parseJsonObject } from '../token/json-object.ts'

/**
 * A request on whose behalf another service is called: one of Node.js, Express, Fastify, Koa or NestJS, or a `Request`. Only
 * its `Authorization` header is read.
 */
export interface StepgateSubject {
  /** The headers of the request, by lower-case names or as `Headers`. */
  readonly headers: object
}

const CREDENTIALS = /^(?:bearer|dpop) +([\x21-\x7e]+)$/i

function readAuthorization(headers: object): unknown {
  if ('get' in headers && typeof headers.get === 'function')
    return (headers as { get(name: string): unknown }).get('authorization') // just looked
  return Object.hasOwn(headers, 'authorization') ? (headers as { authorization: unknown }).authorization : undefined // likewise
}

/** The access token a request came with; null when there is none. */
export function findSubjectToken({ headers }: StepgateSubject): string | null {
  const authorization = readAuthorization(headers)
  return typeof authorization === 'string' ? (CREDENTIALS.exec(authorization)?.[1] ?? null) : null
}

const claimOf = (token: string, name: string): unknown => {
  const payload = parseJsonObject(Buffer.from(token.split('.')[1] ?? '', 'base64url'))
  return payload === null ? undefined : own(payload, name)
}

/** When a token says it expires, in milliseconds; null for one that does not. Believed only to keep less, never more. */
export function expiryOf(token: string): number | null {
  const expiresAt = claimOf(token, 'exp')
  return typeof expiresAt === 'number' ? expiresAt * 1000 : null
}

/** Whom a token says it is about. */
export const subjectOf = (token: string): unknown => claimOf(token, 'sub')
