/** The same requests to these token endpoints and to a certified server of others: where the verdicts differ, a sentence says why. */
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parsePublicKey } from '#lib/control/credential/parse-public-key.ts'
import { createTestDatabase, type TestDatabase } from '#lib/store/test-database.ts'
import { findFreePort } from '../../listening.ts'
import type { Gateway } from '../start-gateway.ts'
import {
  CASES,
  CLIENT_JWK,
  CLIENT_KEY_PEM,
  CLIENT_SECRET,
  KEY_CLIENT,
  readNonce,
  SECRET_CLIENT,
  type Case,
  type Target,
} from '../testing/differential-cases.ts'
import { createFleet, grant, publish, startTestGateway } from '../testing/gateway-fixture.ts'
import { startPeerProvider, type PeerProvider } from '../testing/peer-provider.ts'
import { DIFFERENCES, writeDifferences, type Compared } from '../testing/differences.ts'

const PREPARED_WITHIN_MS = 180_000
const DOCUMENT = new URL('DIFFERENCES.md', import.meta.url)

let database: TestDatabase
let gateway: Gateway
let peer: PeerProvider
let targets: readonly [Target, Target]
let compared: readonly Compared[]

beforeAll(async () => {
  database = await createTestDatabase()
  await createClients()
  const port = await findFreePort()
  const settings = { port, publicUrl: `http://127.0.0.1:${port}`, trustedProxies: ['127.0.0.1'] }
  gateway = await startTestGateway(database, settings)
  peer = await startPeerProvider(
    [
      { clientId: SECRET_CLIENT, scope: 'orders:read payments:read', secret: CLIENT_SECRET },
      { clientId: KEY_CLIENT, scope: 'orders:read', jwk: CLIENT_JWK },
    ],
    { 'urn:shop:orders': 'orders:read orders:delete', 'urn:shop:payments': 'payments:read' },
  )
  targets = await Promise.all([describeOurs(), describePeer()])
  compared = await Promise.all(CASES.map(compare))
}, PREPARED_WITHIN_MS)
afterAll(async () => {
  await Promise.all([gateway.close(), peer.close()])
  await database.close()
})

async function createClients(): Promise<void> {
  const { prisma } = database
  const services = ['orders', 'payments', SECRET_CLIENT, KEY_CLIENT]
  const fleet = await createFleet(database, { environment: 'production', services })
  await grant(database, fleet, SECRET_CLIENT, 'orders', 'orders:read')
  await grant(database, fleet, KEY_CLIENT, 'orders', 'orders:read')
  await grant(database, fleet, SECRET_CLIENT, 'payments', 'payments:read')
  await grant(database, fleet, 'payments', 'orders', 'orders:delete')
  await createSecretOf(fleet.environmentId)
  await prisma.credential.deleteMany({ where: { identity: { clientId: KEY_CLIENT } } })
  const jwk = { ...parsePublicKey(CLIENT_KEY_PEM) }
  const { id: identityId } = await prisma.identity.findUniqueOrThrow({ where: { clientId: KEY_CLIENT } })
  await prisma.credential.create({
    data: {
      ...{ identityId, environmentId: fleet.environmentId, kind: 'public_key', name: 'test', createdBy: 'test' },
      ...{ publicJwk: jwk as Record<string, string>, keyId: jwk.kid },
    },
  })
  await publish(database, fleet.environmentId)
}

async function createSecretOf(environmentId: string): Promise<void> {
  const { id: identityId } = await database.prisma.identity.findUniqueOrThrow({ where: { clientId: SECRET_CLIENT } })
  await database.prisma.credential.create({
    data: {
      ...{ identityId, environmentId, kind: 'client_secret', name: 'test', createdBy: 'test' },
      ...{
        secretHash: Uint8Array.from(createHash('sha256').update(CLIENT_SECRET).digest()),
        secretHint: CLIENT_SECRET.slice(-4),
      },
    },
  })
}

const withNonce = async (target: Omit<Target, 'nonce'>): Promise<Target> => ({
  ...target,
  nonce: await readNonce(target),
})

const describeOurs = (): Promise<Target> =>
  withNonce({
    issuer: `${gateway.url}/e/production`,
    endpoints: {
      token: `${gateway.url}/oauth/token`,
      introspect: `${gateway.url}/oauth/introspect`,
      revoke: `${gateway.url}/oauth/revoke`,
    },
    resources: { orders: 'orders', payments: 'payments', unknown: 'warehouse' },
  })

const describePeer = (): Promise<Target> =>
  withNonce({
    issuer: peer.issuer,
    endpoints: {
      token: `${peer.issuer}/token`,
      introspect: `${peer.issuer}/token/introspection`,
      revoke: `${peer.issuer}/token/revocation`,
    },
    resources: { orders: 'urn:shop:orders', payments: 'urn:shop:payments', unknown: 'urn:shop:warehouse' },
  })

async function compare({ group, name, judge }: Case): Promise<Compared> {
  const [ours, theirs] = await Promise.all([judge(targets[0]), judge(targets[1])])
  return { group, name, ours, theirs, because: DIFFERENCES[`${group}: ${name}`] ?? null }
}

it('answers as the other does, but for what is written down', () => {
  expect(compared[0]).toMatchObject({ ours: 'accepted', theirs: 'accepted' })
  const unexplained = compared.filter(({ ours, theirs, because }) => ours !== theirs && because === null)
  const needless = compared.filter(({ ours, theirs, because }) => ours === theirs && because !== null)
  const document = writeDifferences(compared)
  if (process.env['STEPGATE_WRITE_DIFFERENCES'] === '1') writeFileSync(DOCUMENT, document)
  expect(unexplained).toEqual([])
  expect(needless).toEqual([])
  expect(
    Object.keys(DIFFERENCES).filter((key) => !compared.some(({ group, name }) => key === `${group}: ${name}`)),
  ).toEqual([])
  expect(readFileSync(DOCUMENT, 'utf8')).toBe(document)
})

/** What the conformance suites of OpenID Connect and FAPI 2.0 send to a token endpoint of confidential clients in order to see it refused. */
const REFUSED_BY_CONFORMING_SERVERS: Readonly<Record<string, readonly string[]>> = {
  invalid_client: [
    ...['no authentication', 'client_id alone', 'a wrong secret in the header', 'an unknown client'].map(
      (name) => `Client secrets: ${name}`,
    ),
    ...[
      'for somebody else',
      'for nobody',
      'that has expired',
      'that never expires',
      'that is not valid yet',
      'without an id',
      'of another issuer',
      'about another client',
      'without an issuer',
      'without a subject',
      'sent twice',
      'signed by another key',
      'signed with RSA',
      'without a signature',
      'that says ES256 and has no signature',
      'signed by the public key as a secret',
      'with an extension nobody knows',
      'that is cut off',
      'with another client_id',
    ].map((name) => `Client assertions: ${name}`),
    'Introspection: no authentication',
    'Revocation: no authentication',
  ],
  invalid_dpop_proof: [
    'sent twice',
    'for another method',
    'without a method',
    'for another path',
    'for another host',
    'for no address',
    'without an id',
    'without a time',
    'of an hour ago',
    'from the future',
    'of another type',
    'with the private key in it',
    'with another key in it',
    'without a key in it',
    'with a symmetric key in it',
    'of no algorithm',
    'of a symmetric algorithm',
    'that is cut off',
    'that is none',
    'that is two',
  ].map((name) => `DPoP proofs: ${name}`),
  use_dpop_nonce: ['DPoP proofs: without a nonce', 'DPoP proofs: with a nonce that was made up'],
  invalid_request: [
    'A token: grant_type twice',
    'A token: client_id twice',
    'A token: a JSON body',
    'Client secrets: secrets in header and form',
    'Client assertions: and a secret in the header',
  ],
  unsupported_grant_type: ['A token: the password grant', 'A token: an unknown grant type'],
  invalid_scope: ['A token: a scope that is not held'],
  invalid_target: ['A token: an unknown resource', 'A token: two resources'],
}

it.each(Object.entries(REFUSED_BY_CONFORMING_SERVERS))('refuses as %s what a conforming server does', (error, keys) => {
  const verdicts = keys.map((key) => [key, compared.find(({ group, name }) => key === `${group}: ${name}`)?.ours])
  expect(verdicts).toEqual(keys.map((key) => [key, error]))
})
