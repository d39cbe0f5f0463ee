import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { RecordAnswer } from '../http/record-answers.ts'
import { securityHeaders } from '../http/security-headers.ts'
import { answerIntrospection } from './introspection-endpoint.ts'
import { FORM_BYTES_MAX, PLAIN_FORM } from './parse-form.ts'
import { newAttempt } from './require-client.ts'
import { TOKEN_ANSWER_TYPE, toTokenErrorAnswer } from './token-error-answer.ts'
import { judgeFailure, recordRefusal, type TokenParts } from './token-parts.ts'

const INTROSPECTION = '/oauth/introspect'

export interface IntrospectionListener {
  readonly inFrontOf: (framework: RequestListener) => RequestListener
  /** From now on the framework answers, which refuses what comes while it ends. */
  readonly close: () => void
}

interface Answer {
  readonly status: number
  /** Name, value, name, value. */
  readonly headers: readonly string[]
  readonly body: string
}

interface Asked {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Of the body, in bytes. */
  readonly length: number
}

/**
 * `POST /oauth/introspect`, in front of the framework: services that do not verify tokens themselves ask it on each request of theirs.
 * One of another shape is left to the framework, whose route answers the same and says what is wrong with the shape.
 */
export function createIntrospectionListener(parts: TokenParts, recordAnswer: RecordAnswer): IntrospectionListener {
  const common = Object.entries(securityHeaders(parts.core.settings.publicUrl)).flat()
  let isClosed = false

  const answer = async ({ request, response }: Asked, text: string): Promise<void> => {
    const startedAtMs = performance.now()
    const requestId = parts.core.createRequestId()
    const { status, headers, body } = await introspect(request, text, requestId, parts)
    const ownHeaders = ['x-request-id', requestId, 'content-length', Buffer.byteLength(body).toString()]
    response.writeHead(status, [...common, ...headers, ...ownHeaders]).end(body)
    recordAnswer({ requestId, method: 'POST', route: INTROSPECTION, status, tookMs: performance.now() - startedAtMs })
  }
  const wait = createTurn((asked) => readForm(asked, (text) => void answer(asked, text)))

  return {
    inFrontOf: (framework) => (request, response) => {
      const length = isClosed ? null : lengthOfPlainForm(request)
      if (length === null) framework(request, response)
      else wait({ request, response, length })
    },
    close: () => void (isClosed = true),
  }
}

/**
 * What comes in one turn of the event loop is taken up together at its end: by then a body is nearly always there as a whole, and the
 * answers are sent together, since a write wakes whoever waits for it.
 */
function createTurn(take: (asked: Asked) => void): (asked: Asked) => void {
  let waiting: Asked[] = []
  const takeAll = (): void => {
    const taken = waiting
    waiting = []
    for (const asked of taken) take(asked)
  }
  return (asked) => {
    if (waiting.push(asked) === 1) setImmediate(takeAll)
  }
}

function readForm({ request, length }: Asked, done: (text: string) => void): void {
  const present = request.read() as Buffer | null // a stream without an encoding gives bytes
  if (present?.length === length) return done(present.toString())
  const chunks = present === null ? [] : [present]
  let missing = length - (present?.length ?? 0)
  request.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    missing -= chunk.length
    if (missing === 0) done(Buffer.concat(chunks).toString())
  })
}

/** In bytes; null for a request of another shape. A length that is told is what the parser holds the body to. */
function lengthOfPlainForm({ method, headers }: IncomingMessage): number | null {
  if (method !== 'POST' || !PLAIN_FORM.test(headers['content-type'] ?? '')) return null
  const length = Number(headers['content-length'])
  return headers['transfer-encoding'] === undefined && length > 0 && length <= FORM_BYTES_MAX ? length : null
}

const TOLD = ['pragma', 'no-cache', 'content-type', TOKEN_ANSWER_TYPE]

async function introspect(
  request: IncomingMessage,
  text: string,
  requestId: string,
  parts: TokenParts,
): Promise<Answer> {
  const attempt = newAttempt()
  try {
    const body = await answerIntrospection(request, new URLSearchParams(text), attempt, parts)
    return { status: 200, headers: TOLD, body }
  } catch (thrown) {
    await recordRefusal(thrown, attempt, parts)
    const error = judgeFailure(thrown as Error, { requestId, route: INTROSPECTION }, parts) // only errors are thrown
    const { status, headers, body } = toTokenErrorAnswer(error)
    return { status, headers: Object.entries(headers).flat(), body }
  }
}
