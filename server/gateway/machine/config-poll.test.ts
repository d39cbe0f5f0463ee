import { createPublicKey, randomUUID, verify, type JsonWebKey } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { request as sendRequest } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseSnapshot } from '#lib/policy/parse-snapshot.ts'
import { createTestDatabase, type TestDatabase } from '#lib/store/test-database.ts'
import type { Gateway } from '../start-gateway.ts'
import {
  createFleet,
  eventually,
  machineToken,
  publish,
  startTestGateway,
  type Fleet,
} from '../testing/gateway-fixture.ts'
import { matchesEtag, readWaitSeconds } from './config-poll.ts'

let database: TestDatabase
let gateway: Gateway
let fleet: Fleet
let token: string

beforeAll(async () => {
  database = await createTestDatabase()
  fleet = await createFleet(database, { services: ['orders', 'payments'] })
  gateway = await startTestGateway(database)
  token = await machineToken(gateway.url, fleet, 'orders')
})
afterAll(async () => {
  await gateway.close()
  await database.close()
})

const poll = (headers: Record<string, string> = {}, as = token): Promise<Response> =>
  fetch(`${gateway.url}/v1/config`, { headers: { authorization: `Bearer ${as}`, ...headers } })

const addEndpoint = (service: string, route: string) =>
  database.prisma.endpoint.create({
    data: {
      environmentId: fleet.environmentId,
      serviceId: fleet.serviceIds[service] ?? '',
      method: 'GET',
      route,
      source: 'manual',
    },
  })

/** Until the gateway has heard of a revision. */
async function untilServed(service: string, revision: number): Promise<void> {
  const as = await machineToken(gateway.url, fleet, service)
  await eventually(async () => ((await (await poll({}, as)).json()) as { revision: number }).revision === revision)
}

describe('a snapshot', () => {
  test('is the service’s own, signed over its exact bytes by the environment’s key', async () => {
    await addEndpoint('orders', '/orders')
    const { number: revision } = await publish(database, fleet.environmentId)
    await untilServed('orders', revision)
    const response = await poll()
    const bytes = Buffer.from(await response.arrayBuffer())
    const snapshot = parseSnapshot(bytes.toString())
    expect(snapshot).toMatchObject({ service: 'orders', environment: fleet.environmentSlug, revision })
    const [header = '', , signature = ''] = (response.headers.get('stepgate-signature') ?? '').split('.')
    const key = await database.prisma.signingKey.findFirstOrThrow({
      where: { environmentId: fleet.environmentId, purpose: 'snapshot' },
    })
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({
      alg: 'EdDSA',
      kid: key.keyId,
      typ: 'stepgate-snapshot',
      b64: false,
      crit: ['b64'],
    })
    const publicKey = createPublicKey({ key: key.publicJwk as JsonWebKey, format: 'jwk' })
    expect(
      verify(null, Buffer.concat([Buffer.from(`${header}.`), bytes]), publicKey, Buffer.from(signature, 'base64url')),
    ).toBe(true)
  })

  test('is the same bytes in gzip', async () => {
    const plain = Buffer.from(await (await poll({ 'accept-encoding': 'identity' })).arrayBuffer())
    const { body, encoding } = await rawGet('gzip')
    expect(encoding).toBe('gzip')
    expect(gunzipSync(body).equals(plain)).toBe(true)
  })

  test('is 304 for the tag it had, also weakened on its way', async () => {
    const etag = (await poll()).headers.get('etag') ?? ''
    for (const tag of [etag, `W/${etag}`, `"other", ${etag}`]) {
      const response = await poll({ 'if-none-match': tag })
      expect([response.status, response.headers.get('etag'), await response.text()]).toEqual([304, etag, ''])
    }
    expect((await poll({ 'if-none-match': '"other"' })).status).toBe(200)
  })

  test('of another service leaves this one’s tag alone', async () => {
    const etag = (await poll()).headers.get('etag')
    await addEndpoint('payments', '/payments')
    const { number, changedServices } = await publish(database, fleet.environmentId)
    expect(changedServices).toEqual(['payments'])
    await untilServed('payments', number)
    expect((await poll()).headers.get('etag')).toBe(etag)
  })
})

describe('waiting', () => {
  test('ends with the new snapshot as soon as one is published', async () => {
    const before = await poll()
    const waiting = poll({ 'if-none-match': before.headers.get('etag') ?? '', prefer: 'wait=20' })
    await eventually(async () => (await metric('stepgate_config_waiting')) === 1)
    await addEndpoint('orders', '/orders/:orderId')
    const { number } = await publish(database, fleet.environmentId)
    const response = await waiting
    expect(response.status).toBe(200)
    expect(response.headers.get('preference-applied')).toBe('wait=20')
    expect(((await response.json()) as { revision: number }).revision).toBe(number)
  })

  test('ends with 304 when the time is over', async () => {
    const etag = (await poll()).headers.get('etag') ?? ''
    const response = await poll({ 'if-none-match': etag, prefer: 'wait=1' })
    expect(response.status).toBe(304)
  })

  test('keeps back what is older than the instance applies, until the newer one is known here', async () => {
    const { epoch, revision } = (await (await poll()).json()) as { epoch: string; revision: number }
    await addEndpoint('orders', '/orders/:orderId/lines')
    const ahead = poll({ 'if-none-match': '"another"', 'stepgate-applied': `${epoch}:${revision + 1}` })
    await eventually(async () => (await metric('stepgate_config_waiting')) === 1)
    const { number } = await publish(database, fleet.environmentId)
    expect(((await (await ahead).json()) as { revision: number }).revision).toBe(number)
  })

  test('ends with the older one when nothing newer is heard of, and at once for another epoch', async () => {
    const { epoch, revision } = (await (await poll()).json()) as { epoch: string; revision: number }
    const told = async (applied: string) => {
      const answer = await poll({ 'if-none-match': '"another"', 'stepgate-applied': applied })
      return ((await answer.json()) as { revision: number }).revision
    }
    const late = told(`${epoch}:${revision + 1}`)
    await eventually(async () => (await metric('stepgate_config_waiting')) === 1)
    const answered: string[] = []
    const noted = (name: string, answer: Promise<number>) => answer.finally(() => answered.push(name))
    const answers = [noted('late', late), noted('at once', told(`${randomUUID()}:${revision + 1}`))]
    expect(await Promise.all(answers)).toEqual([revision, revision])
    expect(answered).toEqual(['at once', 'late'])
  })

  test('costs nothing more once the instance has gone', async () => {
    const etag = (await poll()).headers.get('etag') ?? ''
    const away = new AbortController()
    const waiting = fetch(`${gateway.url}/v1/config`, {
      headers: { authorization: `Bearer ${token}`, 'if-none-match': etag, prefer: 'wait=30' },
      signal: away.signal,
    })
    await eventually(async () => (await metric('stepgate_config_waiting')) === 1)
    away.abort()
    await expect(waiting).rejects.toThrow()
    await eventually(async () => (await metric('stepgate_config_waiting')) === 0)
  })

  test('is answered at once when the gateway stops', async () => {
    const second = await startTestGateway(database)
    const headers = { authorization: `Bearer ${token}` }
    const etag = (await fetch(`${second.url}/v1/config`, { headers })).headers.get('etag') ?? ''
    const waiting = fetch(`${second.url}/v1/config`, {
      headers: { ...headers, 'if-none-match': etag, prefer: 'wait=30' },
    })
    await eventually(async () =>
      (await (await fetch(`${second.url}/metrics`)).text()).includes('stepgate_config_waiting 1'),
    )
    await second.close()
    expect((await waiting).status).toBe(304)
  })
})

describe('an instance', () => {
  test('confirms the revision it applies by polling', async () => {
    const id = randomUUID()
    const { epoch, revision } = (await (await poll()).json()) as { epoch: string; revision: number }
    await poll({
      'stepgate-instance': id,
      'stepgate-workload': 'orders-api',
      'stepgate-applied': `${epoch}:${revision}`,
    })
    const instance = await eventually(
      async () => (await database.prisma.instance.findUnique({ where: { id } })) ?? undefined,
    )
    expect(instance).toMatchObject({
      workload: 'orders-api',
      epoch,
      revision,
      state: 'fresh',
      serviceId: fleet.serviceIds['orders'],
    })
    expect(instance.confirmedAt).not.toBeNull()
  })

  test('of one service cannot be spoken for by another', async () => {
    const id = randomUUID()
    await poll({ 'stepgate-instance': id })
    await eventually(async () => (await database.prisma.instance.findUnique({ where: { id } })) ?? undefined)
    const other = await machineToken(gateway.url, fleet, 'payments')
    await poll({ 'stepgate-instance': id, 'stepgate-applied': `${randomUUID()}:7` }, other)
    const mark = randomUUID()
    await poll({ 'stepgate-instance': mark }, other)
    await eventually(async () => (await database.prisma.instance.findUnique({ where: { id: mark } })) ?? undefined)
    expect(await database.prisma.instance.findUnique({ where: { id } })).toMatchObject({
      serviceId: fleet.serviceIds['orders'],
      revision: null,
    })
  })

  test('that two services claim at the same moment costs the others nothing', async () => {
    const [claimed, other] = [randomUUID(), randomUUID()]
    const payments = await machineToken(gateway.url, fleet, 'payments')
    await Promise.all([
      poll({ 'stepgate-instance': claimed }),
      poll({ 'stepgate-instance': claimed }, payments),
      poll({ 'stepgate-instance': other }),
    ])
    await eventually(
      async () => (await database.prisma.instance.count({ where: { id: { in: [claimed, other] } } })) === 2,
    )
  })

  test.each([
    ['stepgate-instance', 'not-a-uuid'],
    ['stepgate-applied', 'latest'],
    ['stepgate-workload', 'x'.repeat(201)],
  ])('is refused with a bad %s', async (name, value) => {
    const response = await poll({ 'stepgate-instance': randomUUID(), [name]: value })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ code: 'invalid-request', errors: [{ pointer: `header/${name}` }] })
  })
})

describe('a token', () => {
  test.each([
    ['is missing', () => ''],
    ['is no JWT', () => 'x'],
    ['has a changed signature', () => `${token.slice(0, -4)}AAAA`],
    ['has a second spelling', () => `${token}=`],
    ['has a changed payload', () => withClaim('sub', 'payments')],
    [
      'asks for no algorithm',
      () => [encode({ typ: 'at+jwt', alg: 'none', kid: 'x' }), token.split('.')[1], ''].join('.'),
    ],
  ])('is refused when it %s', async (_, make) => {
    const response = await poll({}, make())
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toContain('Bearer')
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(await response.json()).toMatchObject({ code: 'unauthenticated' })
  })

  test('of a disabled identity is refused from the publication on', async () => {
    const disposable = await createFleet(database, { services: ['orders'] })
    const second = await eventually(async () => machineToken(gateway.url, disposable, 'orders').catch(() => undefined))
    expect((await poll({}, second)).status).toBe(200)
    const identity = await database.prisma.identity.findUniqueOrThrow({ where: { clientId: 'orders' } })
    await database.prisma.identitySetting.create({
      data: { identityId: identity.id, environmentId: disposable.environmentId, disabledAt: new Date() },
    })
    await publish(database, disposable.environmentId)
    await eventually(async () => (await poll({}, second)).status === 401)
    expect((await poll()).status).toBe(200)
  })

  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const withClaim = (name: string, value: string) => {
    const parts = token.split('.')
    const claims = JSON.parse(Buffer.from(parts[1] ?? '', 'base64url').toString()) as object
    return [parts[0], encode({ ...claims, [name]: value }), parts[2]].join('.')
  }
})

test('methods other than GET and HEAD are refused', async () => {
  const response = await fetch(`${gateway.url}/v1/config`, { method: 'DELETE' })
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
})

test.each([
  [undefined, '"a"', false],
  ['*', '"a"', true],
  ['"b" , W/"a"', '"a"', true],
  ['a', '"a"', false],
])('If-None-Match %s against %s', (given, etag, expected) => expect(matchesEtag(given, etag)).toBe(expected))

test.each([
  [undefined, 0],
  ['wait=25', 25],
  ['respond-async, wait=10', 10],
  ['wait="7"', 7],
  ['wait=9999', 30],
  ['wait=-1', 0],
  ['await=5', 0],
])('Prefer %s waits %s seconds', (given, expected) => expect(readWaitSeconds(given)).toBe(expected))

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`${gateway.url}/metrics`)).text()
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1])
}

function rawGet(encoding: string): Promise<{ body: Buffer; encoding: string | undefined }> {
  return new Promise((resolve, reject) => {
    sendRequest(
      `${gateway.url}/v1/config`,
      { headers: { authorization: `Bearer ${token}`, 'accept-encoding': encoding } },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () =>
          resolve({ body: Buffer.concat(chunks), encoding: response.headers['content-encoding'] }),
        )
      },
    )
      .on('error', reject)
      .end()
  })
}
