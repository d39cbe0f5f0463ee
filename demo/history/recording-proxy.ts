import { createServer, request as sendRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { gunzipSync } from 'node:zlib'
import type { DecisionBatch } from '#lib/contract/machine.ts'

export interface RecordedBatch {
  /** Slug of the service that reported it. */
  readonly service: string
  readonly batch: DecisionBatch
}

export interface RecordingProxy {
  readonly url: string
  readonly batches: readonly RecordedBatch[]
  close(): Promise<void>
}

/** `sub` of the token a batch came with; the gateway behind verifies it. */
function serviceOf({ headers }: IncomingMessage): string {
  const payload = headers.authorization?.split('.')[1] ?? ''
  return String((JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as { sub?: unknown }).sub)
}

function keep(request: IncomingMessage, body: Buffer, batches: RecordedBatch[]): void {
  const text = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
  batches.push({ service: serviceOf(request), batch: JSON.parse(text.toString('utf8')) as DecisionBatch })
}

/** Stands between the fleet and the gateway, passes everything on, and keeps every batch of decisions the gateway took. */
export async function startRecordingProxy(gatewayUrl: string): Promise<RecordingProxy> {
  const batches: RecordedBatch[] = []
  const pass = (request: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = []
    const isBatch = request.method === 'POST' && request.url === '/v1/decisions'
    const forwarded = sendRequest(
      `${gatewayUrl}${request.url ?? '/'}`,
      { method: request.method, headers: request.headers },
      (answer) => {
        if (isBatch && answer.statusCode === 200) keep(request, Buffer.concat(chunks), batches)
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      },
    )
    forwarded.on('error', () => response.destroy())
    response.on('close', () => forwarded.destroy())
    if (isBatch) request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.pipe(forwarded)
  }
  const server = createServer(pass)
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => {
        resolve()
      })
      server.closeAllConnections()
    })
  return { url: `http://127.0.0.1:${port.toString()}`, batches, close }
}
