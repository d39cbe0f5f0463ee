/** Introspection (RFC 7662): what is told from memory ends with what it rests on, and the way of asking changes nothing. */
import { generateKeyPairSync } from 'node:crypto'
import { connect } from 'node:net'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { revokeCredential } from '#lib/control/credential/revoke-credential.ts'
import { updateIdentitySetting } from '#lib/control/identity/update-identity-setting.ts'
import type { EnvironmentTrust } from '#lib/control/publication/load-environment-trust.ts'
import { revokeSigningKey } from '#lib/control/signing-key/revoke-signing-key.ts'
import { createTestControl, type TestControl } from '#lib/control/test-control.ts'
import { revokeAccessToken } from '#lib/control/token/revoke-access-token.ts'
import { signAccessToken } from '#lib/control/token/sign-access-token.ts'
import type { Gateway } from '../start-gateway.ts'
import {
  createFleet,
  createSecret,
  eventually,
  grant,
  publish,
  requestToken,
  startTestGateway,
  type Fleet,
} from '../testing/gateway-fixture.ts'
import { createPresentedTokenReader } from './presented-token.ts'

const ENVIRONMENT = 'shop'
const IN_FORCE_WITHIN_MS = 1_000
const WORKLOAD = 'a-test-of-shapes'
const REASON = { reason: 'A test.' }

let control: TestControl
let gateways: [Gateway, Gateway]
let fleet: Fleet

beforeAll(async () => {
  control = await createTestControl({ publicUrl: 'http://stepgate.test' })
  const { database } = control
  fleet = await createFleet(database, { environment: ENVIRONMENT, services: ['orders', 'storefront', 'billing'] })
  for (const clientId of ['storefront', 'billing']) await grant(database, fleet, clientId, 'orders', 'orders:read')
  await publish(database, fleet.environmentId)
  gateways = await Promise.all([startTestGateway(database), startTestGateway(database)])
})
afterAll(async () => {
  await Promise.all(gateways.map((gateway) => gateway.close()))
  await control.database.close()
})

const secretOf = (clientId: string): string => fleet.secrets[clientId] ?? ''

async function issue(clientId: string): Promise<string> {
  const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: secretOf(clientId) }
  const { body } = await requestToken(gateways[0].url, { ...form, resource: 'orders' })
  return String(body['access_token'])
}

async function ask(url: string, token: string, clientId = 'orders', secret = secretOf(clientId)): Promise<string> {
  const body = new URLSearchParams({ client_id: clientId, client_secret: secret, token })
  const answer = await fetch(`${url}/oauth/introspect`, { method: 'POST', body })
  return answer.ok ? `active: ${String(((await answer.json()) as { active: boolean }).active)}` : String(answer.status)
}

/** Both gateways, asked until the moment of a change, answer otherwise soon after it. */
async function changes(read: (url: string) => Promise<string>, change: () => Promise<unknown>): Promise<string[]> {
  const urls = gateways.map(({ url }) => url)
  const before = await Promise.all(urls.map(read))
  await change()
  const endMs = performance.now() + IN_FORCE_WITHIN_MS
  for (;;) {
    const isLast = performance.now() > endMs
    const after = await Promise.all(urls.map(read))
    if (isLast || after.every((answer, index) => answer !== before[index]))
      return before.map((answer, index) => `${answer}, then ${after[index] ?? ''}`)
  }
}

const both = (answer: string): string[] => [answer, answer]
const ended = both('active: true, then active: false')

async function disable(clientId: string): Promise<void> {
  const { ctx, administrator } = control
  await ctx.database.identitySetting.upsert({
    where: { identityId_environmentId: await settingKey(clientId) },
    create: await settingKey(clientId),
    update: {},
  })
  const { version } = await ctx.database.identitySetting.findUniqueOrThrow({
    where: { identityId_environmentId: await settingKey(clientId) },
  })
  await updateIdentitySetting(ctx, administrator, ENVIRONMENT, clientId, version, { disabled: true, ...REASON })
}

async function settingKey(clientId: string) {
  const { id } = await control.ctx.database.identity.findUniqueOrThrow({ where: { clientId } })
  return { identityId: id, environmentId: fleet.environmentId }
}

describe('is in force within a second at every gateway, although it was asked just before:', () => {
  it('a token that was revoked', async () => {
    const token = await issue('storefront')
    const tokenId = decodeJwt(token).jti ?? ''
    const revoke = () => revokeAccessToken(control.ctx, control.administrator, ENVIRONMENT, { tokenId, ...REASON })
    expect(await changes((url) => ask(url, token), revoke)).toEqual(ended)
  })

  it('a client secret that was revoked, while the other one goes on', async () => {
    const { ctx, administrator, database } = control
    const token = await issue('storefront')
    const secret = await createSecret(database, fleet.environmentId, 'orders')
    await publish(database, fleet.environmentId)
    const known = (url: string) => ask(url, token, 'orders', secret)
    const isKnown = async () =>
      (await Promise.all(gateways.map(({ url }) => known(url)))).every((told) => told !== '401')
    await eventually(isKnown)
    const { id } = await ctx.database.credential.findFirstOrThrow({ where: { secretHint: secret.slice(-4) } })
    expect(await changes(known, () => revokeCredential(ctx, administrator, ENVIRONMENT, id))).toEqual(
      both('active: true, then 401'),
    )
    expect(await Promise.all(gateways.map(({ url }) => ask(url, token)))).toEqual(both('active: true'))
  })

  it('an identity that was disabled, for its tokens and as the one who asks', async () => {
    const token = await issue('billing')
    const asked = (url: string) => Promise.all([ask(url, token), ask(url, token, 'billing')]).then(String)
    expect(await changes(asked, () => disable('billing'))).toEqual(
      both('active: true,active: true, then active: false,401'),
    )
  })

  it('a signing key that was revoked', async () => {
    const { ctx, administrator } = control
    const token = await issue('storefront')
    const { kid = '' } = decodeProtectedHeader(token)
    const { id } = await ctx.database.signingKey.findFirstOrThrow({ where: { keyId: kid } })
    const revoke = () => revokeSigningKey(ctx, administrator, ENVIRONMENT, id, REASON)
    expect(await changes((url) => ask(url, token), revoke)).toEqual(ended)
  })
})

interface Told {
  readonly status: number
  readonly headers: readonly (readonly [string, string])[]
  readonly body: string
}

/** A body of unknown length goes through the framework. */
async function tell(url: string, form: string, isInPieces: boolean, type: string): Promise<Told> {
  const body = isInPieces ? new Blob([form]).stream() : form
  const init = {
    method: 'POST',
    headers: { 'content-type': type, 'stepgate-workload': WORKLOAD },
    body,
    ...(isInPieces ? { duplex: 'half' } : {}),
  }
  const answer = await fetch(`${url}/oauth/introspect`, init)
  const headers = [...answer.headers].filter(([name]) => !['date', 'x-request-id', 'retry-after'].includes(name))
  expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  return { status: answer.status, headers, body: await answer.text() }
}

it('answers the same in front of the framework and behind it, and counts each use', async () => {
  const [{ url }] = gateways
  const client = { client_id: 'orders', client_secret: secretOf('orders') }
  const toForm = (form: Record<string, string>) => new URLSearchParams(form).toString()
  const valid = toForm({ ...client, token: await issue('storefront') })
  const forms = [
    ...[valid, toForm({ ...client, token: 'none' }), toForm({ ...client, token: 'sgr_none' }), toForm(client), ''],
    ...[toForm({ token: 'x' }), `${valid}&token=x`, `${valid}%00`, `${valid}&${'a=b&'.repeat(60)}`, '%ff&=%'],
    ...[toForm({ ...client, token: 'x'.repeat(17_000) }), toForm({ ...client, token: 'x'.repeat(70_000) })],
    ...Array.from({ length: 21 }, () => toForm({ client_id: 'nobody', client_secret: 'x', token: 'x' })),
  ]
  const type = 'application/x-www-form-urlencoded'
  const statuses = new Set<number>()
  for (const form of forms) {
    const told = await tell(url, form, false, type)
    statuses.add(told.status)
    if (told.status !== 429) expect(await tell(url, form, true, type)).toEqual(told)
  }
  expect([...statuses].toSorted()).toEqual([200, 400, 401, 429])
  expect(await tell(url, valid, false, 'application/json')).toMatchObject({ status: 400 })
  expect(await tell(url, valid, false, `${type}; charset=utf-8`)).toEqual(await tell(url, valid, true, type))
  expect((await fetch(`${url}/oauth/introspect`)).status).toBe(405)
  await Promise.all(gateways.map((gateway) => gateway.close()))
  // Three forms that authenticate, two ways each, and the two above.
  expect(await countUses()).toBe(8)
})

async function countUses(): Promise<number> {
  const { rows } = await control.database.pool.query<{ count: string }>(
    'SELECT sum(count) AS count FROM credential_use WHERE workload = $1',
    [WORKLOAD],
  )
  return Number(rows[0]?.count)
}

it('goes on when somebody leaves in the middle of a question', async () => {
  const gateway = await startTestGateway(control.database)
  const { hostname, port } = new URL(gateway.url)
  const socket = connect(Number(port), hostname)
  const head = 'POST /oauth/introspect HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\n'
  await new Promise((resolve) => socket.write(`${head}content-length: 100\r\n\r\nclient_id=`, resolve))
  socket.destroy()
  expect(await ask(gateway.url, 'none')).toBe('active: false')
  await gateway.close()
})

it('waits for a body that comes piece by piece', async () => {
  const gateway = await startTestGateway(control.database)
  const { hostname, port } = new URL(gateway.url)
  const form = new URLSearchParams({ client_id: 'orders', client_secret: secretOf('orders'), token: 'none' }).toString()
  const socket = connect({ port: Number(port), host: hostname, noDelay: true })
  const head = 'POST /oauth/introspect HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\n'
  const pieces = [`${head}content-length: ${form.length}\r\n\r\n`, form.slice(0, 5), form.slice(5, 30), form.slice(30)]
  let answer = ''
  socket.on('data', (chunk: Buffer) => void (answer += chunk.toString()))
  for (const piece of pieces) {
    expect(answer).toBe('')
    await new Promise((resolve) => socket.write(piece, resolve))
    await fetch(`${gateway.url}/livez`) // by now the piece has been read
  }
  await eventually(async () => answer.endsWith('{"active":false}'))
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
  socket.destroy()
  await gateway.close()
})

it('remembers no more tokens than it is told to, and judges each as before', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const trust = {
    ...{ id: 'x', slug: 'x', issuer: 'http://stepgate.test/e/x', services: new Map(), fingerprint: '' },
    keys: { tokenKey: { keyId: 'k', privateKey }, tokenPublicKeys: [], snapshotKeys: [] },
    ...{
      verifyKeys: new Map([['k', publicKey]]),
      disabledIdentities: new Set<string>(),
      revokedTokens: new Set<string>(),
    },
  } satisfies EnvironmentTrust
  const decision = { audience: 'orders', scopes: ['orders:read'], lifetimeSeconds: 60 }
  const client = { clientId: 'storefront', kind: 'service' } as const
  const reader = createPresentedTokenReader(3)
  const now = new Date()
  const tokens = Array.from({ length: 8 }, () => signAccessToken(trust, client, decision, now))
  for (const token of [...tokens, ...tokens, 'none', `${tokens[0] ?? ''}x`]) {
    const claims = reader.read(token, trust, now.getTime())
    expect(claims?.jti).toBe(tokens.includes(token) ? decodeJwt(token).jti : undefined)
    expect(reader.size()).toBeLessThanOrEqual(3)
  }
  const last = tokens.at(-1) ?? ''
  expect(reader.read(last, trust, now.getTime() + 61_000)).toBeNull()
  // The end of a token that is remembered, under another beginning.
  expect(reader.read(`${'a'.repeat(40)}${last.slice(40)}`, trust, now.getTime())).toBeNull()
  expect(reader.read(last, { ...trust, verifyKeys: new Map() }, now.getTime())).toBeNull()
})
