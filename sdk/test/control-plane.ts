/** A control plane for tests: a real HTTP server that signs with real keys, holds polls, stores decisions and can be made to fail. */
import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { gunzipSync } from 'node:zlib'
import type { DecisionBatch, InventoryReport, SampleReport, SignatureReport } from '../../lib/contract/machine.ts'
import { serializeSnapshot } from '../../lib/policy/serialize-snapshot.ts'
import type { Snapshot, SnapshotEndpoint } from '../../lib/policy/snapshot.ts'
import { listenOnOwnPort } from './own-port.ts'
import {
  makeConfigKey,
  makeSigningKey,
  signSnapshot,
  signToken,
  type ConfigSigningKey,
  type SigningKey,
} from './signing.ts'

export const CLIENT_ID = 'orders'
export const CLIENT_SECRET = 'a secret only for tests: äöü/+&'

/** Answers a request in place of the control plane; false lets it through. */
export type Fault = (request: IncomingMessage, response: ServerResponse, route: string) => boolean

export interface StoredBatch extends Omit<DecisionBatch, 'signatures' | 'samples'> {
  readonly signatures: SignatureReport[]
  readonly samples: SampleReport[]
}

interface SignedBody {
  readonly body: Buffer
  readonly signature: string
  readonly etag: string
}

const readBody = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  const body = Buffer.concat(chunks)
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
}

const sendJson = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

export class TestControlPlane {
  readonly configKey: ConfigSigningKey = makeConfigKey()
  readonly tokenKey: SigningKey = makeSigningKey('EdDSA', 'token-key-1')
  readonly issuer = 'https://stepgate.test/e/production'
  readonly batches = new Map<string, StoredBatch>()
  readonly inventories: InventoryReport[] = []
  readonly applied: string[] = []
  readonly polls: { readonly ifNoneMatch: string | undefined; readonly prefer: string | undefined }[] = []
  /** Parameters and credential of each token request. */
  readonly tokenRequests: { readonly parameters: URLSearchParams; readonly authorization: string | undefined }[] = []
  fault: Fault | null = null
  lifetimeSeconds = 900
  concurrentPollsMax = 0
  #concurrentPolls = 0
  #server: Server | null = null
  #port: number | null = null
  #waiting = new Set<() => void>()
  #served: SignedBody | null = null
  #snapshot: Snapshot

  constructor(endpoints: readonly SnapshotEndpoint[] = []) {
    this.#snapshot = this.makeSnapshot({ endpoints })
    this.publish({})
  }

  get url(): string {
    return `http://127.0.0.1:${String(this.#port ?? 0)}`
  }

  get snapshot(): Snapshot {
    return this.#snapshot
  }

  get signed(): SignedBody {
    if (this.#served === null) throw new Error('nothing published')
    return this.#served
  }

  get signatures(): SignatureReport[] {
    return [...this.batches.values()].flatMap(({ signatures }) => signatures)
  }

  get samples(): SampleReport[] {
    return [...this.batches.values()].flatMap(({ samples }) => samples)
  }

  makeSnapshot(change: Partial<Snapshot>): Snapshot {
    return {
      format: 1,
      epoch: 'epoch-1',
      revision: 1,
      environment: 'production',
      service: CLIENT_ID,
      publishedAt: '2026-11-23T18:00:00.000Z',
      undeclaredMode: 'off',
      endpoints: [],
      issuers: [
        {
          issuer: this.issuer,
          name: 'stepgate',
          kind: 'stepgate',
          audience: CLIENT_ID,
          scopeClaim: 'scope',
          claimScopes: [],
          keys: [this.tokenKey.publicJwk],
        },
      ],
      disabledIdentities: [],
      revokedTokens: [],
      knownDevices: [],
      poll: { waitSeconds: 5, intervalSeconds: 1 },
      report: { intervalSeconds: 1, samplesPerSignature: 3 },
      ...change,
    }
  }

  /** Publishes the next revision, and answers polls that wait. */
  publish(change: Partial<Snapshot>): Snapshot {
    const revision = this.#served === null ? this.#snapshot.revision : this.#snapshot.revision + 1
    this.#snapshot = { ...this.#snapshot, revision, ...change }
    const body = Buffer.from(serializeSnapshot(this.#snapshot))
    this.serve(body, signSnapshot(this.configKey, body))
    return this.#snapshot
  }

  /** Serves these bytes, whatever they are. */
  serve(body: Buffer, signature: string): void {
    this.#served = { body, signature, etag: `"${randomUUID()}"` }
    this.release()
  }

  release(): void {
    for (const release of this.#waiting) release()
    this.#waiting.clear()
  }

  /** A token for this service, as the token endpoint would issue it. */
  issueToken(claims: Readonly<Record<string, unknown>> = {}, header: object = {}): string {
    const now = Math.floor(Date.now() / 1000)
    const client = claims['client_id'] ?? 'billing'
    return signToken(
      this.tokenKey,
      {
        iss: this.issuer,
        sub: client,
        client_id: client,
        aud: CLIENT_ID,
        iat: now,
        exp: now + this.lifetimeSeconds,
        jti: randomUUID(),
        scope: 'orders:read',
        ...claims,
      },
      header,
    )
  }

  async start(): Promise<this> {
    const server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy())
    })
    server.on('clientError', () => undefined)
    this.#port = await listenOnOwnPort(server, this.#port)
    this.#server = server
    return this
  }

  /** As if killed: all connections end at once. What was stored stays. */
  async kill(): Promise<void> {
    const server = this.#server
    this.#server = null
    if (server === null) return
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeAllConnections()
    this.release()
    await closed
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const route = `${request.method ?? ''} ${(request.url ?? '').split('?', 1)[0] ?? ''}`
    if (this.fault?.(request, response, route) === true) return
    if (route === 'POST /oauth/token') return this.#issue(request, response)
    if (!this.#isAuthorized(request)) return sendJson(response, 401, { title: 'Unauthorized' })
    if (route === 'GET /v1/config') return this.#config(request, response)
    if (route === 'POST /v1/decisions') return this.#store(request, response)
    if (route === 'PUT /v1/inventory') return this.#inventory(request, response)
    sendJson(response, 404, { title: 'Not Found' })
  }

  #isAuthorized(request: IncomingMessage): boolean {
    const [, payload = ''] = (request.headers.authorization ?? '').split('.')
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString() || '{}') as Record<string, unknown>
    return claims['aud'] === 'stepgate' && claims['scope'] === 'stepgate:instance'
  }

  async #issue(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parameters = new URLSearchParams((await readBody(request)).toString())
    this.tokenRequests.push({ parameters, authorization: request.headers.authorization })
    const scope = parameters.get('scope') ?? 'orders:read'
    const accessToken = this.issueToken({ aud: parameters.get('resource'), scope, client_id: CLIENT_ID })
    sendJson(response, 200, {
      access_token: accessToken,
      token_type: 'Bearer',
      expires_in: this.lifetimeSeconds,
      scope,
    })
  }

  async #config(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { 'if-none-match': ifNoneMatch, prefer, 'stepgate-applied': applied } = request.headers
    this.polls.push({ ifNoneMatch, prefer: String(prefer) })
    if (typeof applied === 'string') this.applied.push(applied)
    this.concurrentPollsMax = Math.max(this.concurrentPollsMax, ++this.#concurrentPolls)
    const waitSeconds = Number(/wait=(\d+)/.exec(String(prefer))?.[1] ?? 0)
    if (ifNoneMatch === this.signed.etag && waitSeconds > 0) await this.#hold(waitSeconds, request)
    this.#concurrentPolls--
    const { body, signature, etag } = this.signed
    if (ifNoneMatch === etag) response.writeHead(304, { etag }).end()
    else
      response.writeHead(200, { 'content-type': 'application/json', etag, 'stepgate-signature': signature }).end(body)
  }

  #hold(seconds: number, request: IncomingMessage): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, seconds * 1000)
      const release = (): void => {
        clearTimeout(timer)
        resolve()
      }
      this.#waiting.add(release)
      request.on('close', release)
    })
  }

  async #store(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const batch = JSON.parse((await readBody(request)).toString()) as StoredBatch
    const duplicate = this.batches.has(batch.batchId)
    if (!duplicate) this.batches.set(batch.batchId, batch)
    const decisions = batch.signatures.reduce((sum, { count }) => sum + count, 0)
    sendJson(response, 200, {
      batchId: batch.batchId,
      duplicate,
      accepted: { signatures: batch.signatures.length, samples: batch.samples.length, decisions },
      refused: [],
    })
  }

  async #inventory(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.inventories.push(JSON.parse((await readBody(request)).toString()) as InventoryReport)
    sendJson(response, 200, {})
  }
}
