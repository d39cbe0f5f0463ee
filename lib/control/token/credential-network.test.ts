import { afterAll, beforeAll, expect, test } from 'vitest'
import { createCredential } from '../credential/create-credential.ts'
import { listCredentials } from '../credential/list-credentials.ts'
import { findTokenAttention } from '../decision/find-token-attention.ts'
import { createIdentity } from '../identity/create-identity.ts'
import { createTestControl, type TestControl } from '../test-control.ts'
import { readTokenActivity } from './read-token-activity.ts'
import { recordCredentialNetworks } from './record-credential-networks.ts'

const HOUR_MS = 3_600_000
const HOME = '10.1.0.0/24'
const AWAY = '10.2.0.0/24'

let control: TestControl

beforeAll(async () => {
  control = await createTestControl()
})
afterAll(() => control.database.close())

async function makeCredential(clientId: string): Promise<string> {
  const { ctx, administrator, operator } = control
  await createIdentity(ctx, administrator, { clientId, name: clientId })
  const input = { kind: 'client-secret', name: 'First' } as const
  return (await createCredential(ctx, operator, 'production', clientId, input)).credential.id
}

const hoursAgo = (hours: number): Date => new Date(Date.now() - hours * HOUR_MS)
const use = (credentialId: string, network: string, at: Date) =>
  recordCredentialNetworks(control.ctx.pool, [{ credentialId, network, at }])

async function toldOf(clientId: string) {
  const { ctx, viewer } = control
  const { id } = await ctx.database.environment.findUniqueOrThrow({ where: { slug: 'production' } })
  const attention = await findTokenAttention(ctx.pool, id)
  const { items } = await readTokenActivity(ctx, viewer, 'production', { clientId })
  return { titles: attention.map(({ title }) => title).filter((title) => title.startsWith(clientId)), items }
}

test('networks of the first day are learned, a later one is told once', async () => {
  const id = await makeCredential('payments-worker')
  await use(id, HOME, hoursAgo(48))
  await use(id, '10.1.9.0/24', hoursAgo(30))
  expect(await toldOf('payments-worker')).toEqual({ titles: [], items: [] })

  await use(id, AWAY, hoursAgo(1))
  await use(id, AWAY, new Date())
  const { titles, items } = await toldOf('payments-worker')
  expect(titles).toEqual([`payments-worker used its credential from ${AWAY} for the first time`])
  expect(items).toMatchObject([
    { event: 'new-network', detail: AWAY, credentialKind: 'client-secret', count: 1, lifetimeSecondsMax: null },
  ])
  const { ctx, viewer } = control
  const [credential] = (await listCredentials(ctx, viewer, 'production', 'payments-worker')).items
  expect(credential?.networks.map(({ network, noticedAt }) => [network, noticedAt !== null])).toEqual([
    [AWAY, true],
    ['10.1.9.0/24', false],
    [HOME, false],
  ])
})

test('what two gateways see at once is told by one of them', async () => {
  const id = await makeCredential('two-gateways')
  await use(id, HOME, hoursAgo(48))
  await Promise.all(Array.from({ length: 8 }, () => use(id, AWAY, new Date())))
  expect((await toldOf('two-gateways')).items).toMatchObject([{ count: 1 }])
})

test('a hundred networks are kept of a credential, those that were used last', async () => {
  const id = await makeCredential('roaming')
  const at = (index: number) => new Date(Date.now() - (200 - index) * 60_000)
  const networks = Array.from({ length: 130 }, (_, index) => ({
    ...{ credentialId: id, network: `10.${String(index)}.0.0/24`, at: at(index) },
  }))
  await recordCredentialNetworks(control.ctx.pool, networks.slice(0, 100))
  await recordCredentialNetworks(control.ctx.pool, networks.slice(100))
  const kept = await control.ctx.database.credentialNetwork.findMany({ where: { credentialId: id } })
  expect(kept).toHaveLength(100)
  expect(kept.map(({ network }) => network)).not.toContain('10.29.0.0/24')
  expect(kept.map(({ network }) => network)).toContain('10.30.0.0/24')
})

test('a revoked credential asks for nothing any more', async () => {
  const id = await makeCredential('revoked-one')
  await use(id, HOME, hoursAgo(48))
  await use(id, AWAY, new Date())
  await control.ctx.database.credential.update({ where: { id }, data: { revokedAt: new Date() } })
  expect((await toldOf('revoked-one')).titles).toEqual([])
})
