import { isAscii, isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { ControlError } from '#lib/control/control-error.ts'
import { createJsonParser } from '../http/json-body.ts'

export const MACHINE_BODY_BYTES_MAX = 8 * 1_048_576

const inflate = promisify(gunzip)

/** JSON, plain or gzip. Neither the bytes received nor the bytes they inflate to may exceed the limit, so a small bomb stays small. */
export function takeGzippedJson(app: FastifyInstance): void {
  const parseJson = createJsonParser(app)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { bodyLimit: MACHINE_BODY_BYTES_MAX }, (request, payload, done) => {
    readText(request, payload).then(
      (text) => void parseJson(request, text, done),
      (error: unknown) => done(error as Error, undefined),
    )
  })
}

async function readText(request: FastifyRequest, payload: IncomingMessage): Promise<string> {
  const body = await decode(await readBytes(payload), request.headers['content-encoding'])
  if (body.length === 0) throw new ControlError('malformed-json', 'The body is empty.')
  if (isAscii(body)) return body.toString('latin1')
  if (isUtf8(body)) return body.toString('utf8')
  throw new ControlError('malformed-json', 'The body is not UTF-8.')
}

async function readBytes(payload: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of payload as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > MACHINE_BODY_BYTES_MAX) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

async function decode(body: Buffer, encoding = 'identity'): Promise<Buffer> {
  if (encoding === 'identity') return body
  if (encoding !== 'gzip')
    throw new ControlError(
      'unsupported-media-type',
      `Content-Encoding ${encoding.slice(0, 50)} is not taken; send gzip or nothing.`,
    )
  try {
    return await inflate(body, { maxOutputLength: MACHINE_BODY_BYTES_MAX })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge()
    throw new ControlError('malformed-json', 'The body is not gzip.')
  }
}

const tooLarge = (): ControlError =>
  new ControlError('body-too-large', `The body is larger than ${MACHINE_BODY_BYTES_MAX} bytes.`)
