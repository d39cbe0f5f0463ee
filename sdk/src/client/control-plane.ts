import { gzip } from 'node:zlib'
import { promisify } from 'node:util'
import { toHeaderValue } from './header-value.ts'
import { exchange, type HttpAnswer } from './http-exchange.ts'
import type { TokenClient } from './token-client.ts'
import { CONTROL_PLANE_AUDIENCE as AUDIENCE } from './token-endpoint.ts'

const pack = promisify(gzip)

const SCOPES = ['stepgate:instance']
const PACK_ABOVE_BYTES = 1_024

export interface InstanceCall {
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly json?: string
  readonly deadlineMs: number
  readonly bytesMax: number
  readonly isBackground: boolean
  readonly signal?: AbortSignal
}

interface InstanceIdentity {
  readonly url: string
  readonly instanceId: string
  readonly workload: string
  /** `<epoch>:<revision>` that is applied now; null before there is one. */
  readonly applied: () => string | null
}

/** Calls of this instance to the control plane, with a token of the service's own identity. */
export class ControlPlane {
  readonly #identity: InstanceIdentity
  readonly #tokens: TokenClient

  constructor(identity: InstanceIdentity, tokens: TokenClient) {
    this.#identity = identity
    this.#tokens = tokens
  }

  /** Where it is, without a path that could say more than it should. */
  get origin(): string {
    return new URL(this.#identity.url).origin
  }

  /** A token that is refused is replaced once; the answer to the second attempt stands. */
  async call(call: InstanceCall): Promise<HttpAnswer> {
    const { accessToken } = await this.#tokens.getToken(AUDIENCE, SCOPES, call.isBackground)
    const answer = await this.#send(call, accessToken)
    if (answer.status !== 401) return answer
    this.#tokens.discard({ audience: AUDIENCE, scopes: SCOPES, subjectToken: null }, accessToken)
    const renewed = await this.#tokens.getToken(AUDIENCE, SCOPES, call.isBackground)
    return this.#send(call, renewed.accessToken)
  }

  async #send(call: InstanceCall, accessToken: string): Promise<HttpAnswer> {
    const plain = call.json === undefined ? undefined : Buffer.from(call.json)
    const agent = await this.#tokens.certificate?.agent()
    const isPacked = plain !== undefined && plain.length > PACK_ABOVE_BYTES
    const body = isPacked ? await pack(plain) : plain
    return exchange({
      method: call.method,
      url: `${this.#identity.url}${call.path}`,
      headers: {
        ...this.#headers(accessToken),
        ...(plain === undefined ? {} : { 'content-type': 'application/json' }),
        ...(isPacked ? { 'content-encoding': 'gzip' } : {}),
        ...call.headers,
      },
      ...(body === undefined ? {} : { body }),
      ...(call.signal === undefined ? {} : { signal: call.signal }),
      deadlineMs: call.deadlineMs,
      bytesMax: call.bytesMax,
      isBackground: call.isBackground,
      ...(agent === undefined ? {} : { agent }),
    })
  }

  #headers(accessToken: string): Record<string, string> {
    const applied = this.#identity.applied()
    return {
      authorization: `Bearer ${accessToken}`,
      accept: 'application/json',
      'accept-encoding': 'gzip',
      'stepgate-instance': this.#identity.instanceId,
      'stepgate-workload': toHeaderValue(this.#identity.workload),
      ...(applied === null ? {} : { 'stepgate-applied': toHeaderValue(applied) }),
    }
  }
}
