import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'
import pg from 'pg'
import { announce } from '../processes.ts'

/** The peer: oidc-provider with the same grant, its clients in the same PostgreSQL, as its adapters are documented. */
const pool = new pg.Pool({ connectionString: process.env['BENCH_DATABASE'], max: 10 })
const signingKey = {
  ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }),
  kid: 'bench',
  use: 'sig',
  alg: 'EdDSA',
}

class PostgresAdapter {
  readonly #model: string

  constructor(model: string) {
    this.#model = model
  }

  async find(id: string): Promise<object | undefined> {
    if (this.#model !== 'Client') return undefined
    const { rows } = await pool.query<{ payload: object }>('SELECT payload FROM bench_client WHERE id = $1', [id])
    return rows[0]?.payload
  }
  upsert = (): Promise<void> => Promise.resolve()
  destroy = (): Promise<void> => Promise.resolve()
  consume = (): Promise<void> => Promise.resolve()
  findByUid = (): Promise<undefined> => Promise.resolve(undefined)
  findByUserCode = (): Promise<undefined> => Promise.resolve(undefined)
  revokeByGrantId = (): Promise<void> => Promise.resolve()
}

const provider = new Provider('http://localhost:4300', {
  adapter: PostgresAdapter,
  jwks: { keys: [signingKey] },
  cookies: { keys: ['bench'] },
  scopes: ['things:read'],
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => 'urn:service-0',
      getResourceServerInfo: () => ({
        ...{ scope: 'things:read', audience: 'service-0', accessTokenTTL: 900, accessTokenFormat: 'jwt' },
        jwt: { sign: { alg: 'EdDSA' } },
      }),
    },
  },
})
const answer = provider.callback()
const server = createServer((request, response) => void answer(request, response))
server.listen(0, '127.0.0.1', () => announce(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
server.keepAliveTimeout = 72_000
process.on('SIGTERM', () => process.exit(0))
