import { createConnection } from 'node:net'
import type { ParsedRule } from '../../lib/policy/rule.ts'
import type { SnapshotEndpoint } from '../../lib/policy/snapshot.ts'
import type { Mode } from '../../lib/policy/vocabulary.ts'
import { engineOf, type Engine } from '../src/guard/engine.ts'
import { createStepgate, type Stepgate, type StepgateLogger, type StepgateOptions } from '../src/index.ts'
import { CLIENT_ID, CLIENT_SECRET, type TestControlPlane } from './control-plane.ts'

export const silentLogger: StepgateLogger = { warn: () => undefined, error: () => undefined }

/** A middleware connected to a test control plane. */
export const connect = (plane: TestControlPlane, options: StepgateOptions = {}): Stepgate =>
  createStepgate({
    url: plane.url,
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    configKey: plane.configKey.pin,
    workload: 'tests',
    logger: silentLogger,
    ...options,
  })

export const scopesRule = (...allOf: string[]): ParsedRule => ({
  access: 'token',
  requirements: allOf.length === 0 ? [] : [{ kind: 'scopes', allOf }],
})

export function endpoint(
  name: string,
  mode: Mode,
  rule: ParsedRule = scopesRule('orders:read'),
  percent = 100,
): SnapshotEndpoint {
  const [method = '', route = ''] = name.split(' ')
  return { id: name, method, route, mode, percent, rule }
}

export interface RawAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Sends a request target byte by byte as given: clients that normalise it would hide what is tested. */
export function sendRaw(
  port: number,
  method: string,
  target: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const lines = [
      `${method} ${target} HTTP/1.1`,
      'Host: test',
      'Connection: close',
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ]
    const socket = createConnection({ port, host: '127.0.0.1' }, () => socket.write(`${lines.join('\r\n')}\r\n\r\n`))
    const chunks: Buffer[] = []
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.on('error', reject)
    socket.on('close', () => resolve(parseAnswer(Buffer.concat(chunks).toString())))
  })
}

function parseAnswer(text: string): RawAnswer {
  const [head = '', ...rest] = text.split('\r\n\r\n')
  const [statusLine = '', ...lines] = head.split('\r\n')
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  )
  const body = rest.join('\r\n\r\n')
  const isChunked = headers['transfer-encoding'] === 'chunked'
  return { status: Number(statusLine.split(' ')[1] ?? 0), headers, body: isChunked ? joinChunks(body) : body }
}

/** RFC 9112, section 7.1; for ASCII, where characters are bytes. */
function joinChunks(text: string): string {
  const size = Number.parseInt(text, 16)
  const start = text.indexOf('\r\n') + 2
  return size > 0 ? text.slice(start, start + size) + joinChunks(text.slice(start + size + 2)) : ''
}

export const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` })

/** Reports what was decided now instead of at the next interval. */
export const flush = (stepgate: Stepgate): Promise<void> =>
  (engineOf(stepgate) as Engine & { flush(): Promise<void> }).flush() // what createStepgate makes is the whole middleware
