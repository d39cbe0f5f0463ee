import type { FastifyBodyParser, FastifyInstance } from 'fastify'
import { ControlError } from '#lib/control/control-error.ts'
import { isDeeperThan } from './json-depth.ts'

export const BODY_BYTES_MAX = 1_048_576
const DEPTH_MAX = 32

/** Parses JSON text; refuses depth, `__proto__` and `constructor.prototype` before anything of it is used. */
export function createJsonParser(app: FastifyInstance): FastifyBodyParser<string> {
  const parse = app.getDefaultJsonParser('error', 'error') as FastifyBodyParser<string> // the declared type allows promises, which this parser never returns
  return (request, text, done) => {
    if (isDeeperThan(text, DEPTH_MAX))
      return done(new ControlError('malformed-json', `The body nests deeper than ${DEPTH_MAX} levels.`), undefined)
    void parse(request, text, done)
  }
}

/** JSON is the only media type; a route that takes another one says so itself. */
export function takeJsonOnly(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, createJsonParser(app))
}
