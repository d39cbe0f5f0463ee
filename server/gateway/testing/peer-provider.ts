import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider, { errors } from 'oidc-provider'

export interface PeerClient {
  readonly clientId: string
  readonly scope: string
  /** Or a public key: one of the two. */
  readonly secret?: string
  readonly jwk?: object
}

export interface PeerProvider {
  readonly issuer: string
  close(): Promise<void>
}

/** What the peer knows as a resource, and the scopes it has. */
export type PeerResources = Readonly<Record<string, string>>

/** A certified server of others that gives tokens to the same clients: what it answers is a second opinion. */
export async function startPeerProvider(
  clients: readonly PeerClient[],
  resources: PeerResources,
): Promise<PeerProvider> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}` // it listens on a port
  const answer = createProvider(issuer, clients, resources).callback()
  server.on('request', (request, response) => void answer(request, response))
  return {
    issuer,
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

function createProvider(issuer: string, clients: readonly PeerClient[], resources: PeerResources): Provider {
  const signingKey = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  return new Provider(issuer, {
    clients: clients.map(toPeerClient),
    jwks: { keys: [{ ...signingKey, kid: 'peer', use: 'sig', alg: 'EdDSA' }] },
    cookies: { keys: [randomBytes(16).toString('hex')] },
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    scopes: Object.values(resources).flatMap((scopes) => scopes.split(' ')),
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true, allowedPolicy: () => true },
      revocation: { enabled: true },
      dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => undefined,
        getResourceServerInfo: (_ctx: unknown, identifier: string) => {
          const scope = resources[identifier]
          if (scope === undefined) throw new errors.InvalidTarget()
          return { scope, audience: identifier, accessTokenTTL: 900, accessTokenFormat: 'opaque' }
        },
      },
    },
  })
}

const toPeerClient = ({ clientId, scope, secret, jwk }: PeerClient): object => ({
  id_token_signed_response_alg: 'EdDSA',
  ...{ client_id: clientId, scope, grant_types: ['client_credentials'], response_types: [], redirect_uris: [] },
  ...(jwk === undefined
    ? { client_secret: secret, token_endpoint_auth_method: 'client_secret_basic' }
    : { jwks: { keys: [jwk] }, token_endpoint_auth_method: 'private_key_jwt' }),
})
