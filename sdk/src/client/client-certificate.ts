import { readFile } from 'node:fs/promises'
import { Agent } from 'node:https'
import { createSecureContext } from 'node:tls'
import type { CertificateFiles, KeyPair } from './certificate-files.ts'

/** Throws when the certificate and the key do not belong together, as in the middle of a renewal. */
function toAgent(pair: KeyPair): Agent {
  createSecureContext(pair)
  return new Agent({ keepAlive: true, ...pair })
}

/** Connections in use stay; those at rest end, and so does each of the others when its exchange is over. */
function retire(agent: Agent): void {
  agent.maxFreeSockets = 0
  for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy()
}

/**
 * The client certificate of this service (RFC 8705), read anew before each exchange, so that a renewed one is used without a
 * restart. As long as the files cannot be read, or do not belong together yet, the previous one stays in use.
 */
export class ClientCertificate {
  readonly #certFile: string
  readonly #keyFile: string
  #pair: KeyPair
  #agent: Agent

  constructor({ certFile, keyFile, pair }: CertificateFiles) {
    this.#certFile = certFile
    this.#keyFile = keyFile
    this.#pair = pair
    this.#agent = toAgent(pair)
  }

  /** Connects with the certificate as it is now. Never rejects. */
  async agent(): Promise<Agent> {
    try {
      const [cert, key] = await Promise.all([readFile(this.#certFile, 'utf8'), readFile(this.#keyFile, 'utf8')])
      if (cert !== this.#pair.cert || key !== this.#pair.key) this.#replace({ cert, key })
    } catch {
      // The next exchange looks again.
    }
    return this.#agent
  }

  #replace(pair: KeyPair): void {
    const agent = toAgent(pair)
    retire(this.#agent)
    this.#pair = pair
    this.#agent = agent
  }
}
