import type { Socket } from 'node:net'

/**
 * How the guard reads a request, whatever the framework's request looks like. Nothing is read that is not needed, and what
 * every request needs has a method of its own, so that reading it costs one property.
 */
export interface RequestReader<Request> {
  authorization(request: Request): string | undefined
  userAgent(request: Request): string | undefined
  /** A header by its name in lower case; one that was sent several times is joined by commas (RFC 9110, section 5.3). */
  header(request: Request, name: string): string | undefined
  /** Method as sent, in upper case. */
  method(request: Request): string
  /** Path as sent, without the query. */
  path(request: Request): string
  /** Parameters of the route as the framework decoded them; empty where it tells none. */
  params(request: Request): Readonly<Record<string, unknown>>
  /** The connection the request came over; undefined where the framework hides it. */
  socket(request: Request): Socket | undefined
}
