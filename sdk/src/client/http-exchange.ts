import { request as httpRequest, Agent as HttpAgent, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { gunzip } from 'node:zlib'
import { promisify } from 'node:util'
import { codeOf } from '../caught-error.ts'

const inflate = promisify(gunzip)

export interface HttpCall {
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Buffer | string
  /** For the whole exchange, from connecting to the last byte of the body. */
  readonly deadlineMs: number
  /** Of the answer, packed or unpacked. */
  readonly bytesMax: number
  /** A background call does not keep the process running. */
  readonly isBackground: boolean
  readonly signal?: AbortSignal
  /** For connections with a client certificate. */
  readonly agent?: HttpsAgent
}

export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Buffer
}

/** What a proxy, or another service at the address, answers in place of the control plane. */
export const isHtml = ({ body }: HttpAnswer): boolean => /^\s*</.test(body.toString('latin1', 0, 100))

/** `status 404, HTML`: what is told of an answer that was not expected. */
export const describeAnswer = (answer: HttpAnswer): string =>
  `status ${String(answer.status)}${isHtml(answer) ? ', HTML' : ''}`

/** The exchange came to no answer: no connection, no time, too much or unreadable. */
export class HttpExchangeError extends Error {
  constructor(problem: string) {
    super(problem)
    this.name = 'HttpExchangeError'
  }
}

const agents = { 'http:': new HttpAgent({ keepAlive: true }), 'https:': new HttpsAgent({ keepAlive: true }) }

async function readBody(answer: IncomingMessage, bytesMax: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > bytesMax) throw new HttpExchangeError(`the answer is larger than ${String(bytesMax)} bytes`)
    chunks.push(chunk)
  }
  // A body that ends early must not pass for a whole one.
  if (!answer.complete) throw new HttpExchangeError('the answer was cut off')
  return Buffer.concat(chunks)
}

async function unpack(body: Buffer, encoding: string | undefined, bytesMax: number): Promise<Buffer> {
  if (encoding === undefined || encoding === 'identity') return body
  if (encoding !== 'gzip') throw new HttpExchangeError(`the answer is encoded as ${encoding.slice(0, 40)}`)
  return inflate(body, { maxOutputLength: bytesMax })
}

const single = (headers: IncomingMessage['headers']): Record<string, string | undefined> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  )

function open(call: HttpCall): Promise<IncomingMessage> {
  const url = new URL(call.url)
  const isHttps = url.protocol === 'https:'
  return new Promise((resolve, reject) => {
    const outgoing = (isHttps ? httpsRequest : httpRequest)(url, {
      method: call.method,
      headers: {
        ...call.headers,
        ...(call.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(call.body)) }),
      },
      agent: isHttps ? (call.agent ?? agents['https:']) : agents['http:'],
      ...(call.signal === undefined ? {} : { signal: call.signal }),
    })
    if (call.isBackground) outgoing.on('socket', (socket) => socket.unref())
    outgoing.on('response', resolve)
    outgoing.on('error', reject)
    outgoing.end(call.body)
  })
}

async function perform(call: HttpCall): Promise<HttpAnswer> {
  const answer = await open(call)
  const raw = await readBody(answer, call.bytesMax)
  const headers = single(answer.headers)
  return {
    status: answer.statusCode ?? 0,
    headers,
    body: await unpack(raw, headers['content-encoding'], call.bytesMax),
  }
}

/** One HTTP exchange with a total deadline and a bound on the answer. Redirects are not followed. Throws {@link HttpExchangeError}. */
export async function exchange(call: HttpCall): Promise<HttpAnswer> {
  const deadline = new AbortController()
  const timer = setTimeout(() => deadline.abort(), call.deadlineMs)
  if (call.isBackground) timer.unref()
  const signal = call.signal === undefined ? deadline.signal : AbortSignal.any([deadline.signal, call.signal])
  try {
    return await perform({ ...call, signal })
  } catch (error) {
    if (error instanceof HttpExchangeError) throw error
    throw new HttpExchangeError(
      deadline.signal.aborted ? `no whole answer within ${String(call.deadlineMs)} ms` : codeOf(error),
    )
  } finally {
    clearTimeout(timer)
  }
}
