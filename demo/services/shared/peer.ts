import type { Stepgate, StepgateSubject } from '@stepgate/node'

/** Another service of the shop did not do what it was asked. */
export class PeerError extends Error {
  override readonly name = 'PeerError'
  readonly peer: string
  /** HTTP status; 503 where the service was not reached. */
  readonly status: number

  constructor(peer: string, status: number, message: string) {
    super(message)
    this.peer = peer
    this.status = status
  }

  /** The service knows us and refuses: asking again does not help. */
  get isRefusal(): boolean {
    return this.status === 401 || this.status === 403
  }
}

export interface Peer {
  get<Answer>(path: string): Promise<Answer>
  send<Answer>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<Answer>
  /** The same service, asked on behalf of whoever made a request. */
  onBehalfOf(request: StepgateSubject): Peer
}

const TIMEOUT_MS = 5_000

/** Calls one service, with a token for it on every request: our own, or one on behalf of somebody. */
export function createPeer(stepgate: Stepgate, name: string, baseUrl: string, subject?: StepgateSubject): Peer {
  const authority = { audience: name, ...(subject === undefined ? {} : { onBehalfOf: subject }) }
  const call = async <Answer>(method: string, path: string, body?: object): Promise<Answer> => {
    const url = `${baseUrl}${path}`
    const content =
      body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
    const response = await stepgate
      .fetch(url, { method, ...authority, signal: AbortSignal.timeout(TIMEOUT_MS), ...content })
      .catch((error: unknown) => {
        throw new PeerError(
          name,
          503,
          `${name} cannot be reached: ${error instanceof Error ? error.message : String(error)}`,
        )
      })
    const text = await response.text()
    if (!response.ok)
      throw new PeerError(
        name,
        response.status,
        `${name} answered ${method} ${path} with ${response.status.toString()}`,
      )
    return (text === '' ? null : JSON.parse(text)) as Answer // what the peer's API promises
  }
  return {
    get: (path) => call('GET', path),
    send: call,
    onBehalfOf: (request) => createPeer(stepgate, name, baseUrl, request),
  }
}
