import { createConnection } from 'node:net'
import type { ParsedRule } from '../../lib/policy/rule.ts'
import type { SnapshotEndpoint } from '../../lib/policy/snapshot.ts'
import type { Mode } from '../../lib/policy/vocabulary.ts'
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
    const socket = createConnection({ port, host: '127.0.0.1' }, () => socket.end(`${lines.join('\r\n')}\r\n\r\n`))
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
  return { status: Number(statusLine.split(' ')[1] ?? 0), headers, body: rest.join('\r\n\r\n') }
}

export const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` })
