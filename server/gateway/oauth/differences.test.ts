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

const DOCUMENT = new URL('DIFFERENCES.md', import.meta.url)

let database: TestDatabase
let gateway: Gateway
let peer: PeerProvider
let targets: readonly [Target, Target]

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
})
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

it('answers as the other does, but for what is written down', async () => {
  const compared = await Promise.all(CASES.map(compare))
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
