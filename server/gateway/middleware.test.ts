/** The middleware and the gateway together: what one promises, the other has to understand. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '#lib/store/test-database.ts'
import { createStepgate, type Stepgate } from '../../sdk/src/index.ts'
import { guard } from '../../sdk/src/node-http.ts'
import type { Gateway } from './start-gateway.ts'
import { createFleet, eventually, grant, publish, startTestGateway, type Fleet } from './testing/gateway-fixture.ts'

let database: TestDatabase
let gateway: Gateway
let fleet: Fleet
let configKey: string
let orders: Stepgate
let storefront: Stepgate
let url: string
const server = createServer((request, response) => handler(request, response))
let handler: (request: IncomingMessage, response: ServerResponse) => void = () => undefined
const security: string[] = []

async function connect(clientId: string, audiences: Record<string, string> = {}): Promise<Stepgate> {
  const logger = { warn: () => undefined, error: (message: string) => security.push(message) }
  const stepgate = createStepgate({
    url: gateway.url,
    clientId,
    clientSecret: fleet.secrets[clientId] ?? '',
    configKey,
    workload: `${clientId}-tests`,
    audiences,
    logger,
  })
  await stepgate.started
  return stepgate
}

beforeAll(async () => {
  database = await createTestDatabase()
  fleet = await createFleet(database, { services: ['orders', 'storefront'] })
  await grant(database, fleet, 'storefront', 'orders', 'orders:read')
  await database.prisma.endpoint.create({
    data: {
      environmentId: fleet.environmentId,
      serviceId: fleet.serviceIds['orders'] ?? '',
      method: 'GET',
      route: '/orders/:orderId',
      source: 'manual',
      mode: 'enforce',
      rule: { access: 'token', requirements: [{ kind: 'scopes', allOf: ['orders:read'] }] },
    },
  })
  await publish(database, fleet.environmentId)
  const key = await database.prisma.signingKey.findFirstOrThrow({
    where: { environmentId: fleet.environmentId, purpose: 'snapshot' },
  })
  configKey = (key.publicJwk as { x: string }).x
  gateway = await startTestGateway(database)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  orders = await connect('orders')
  handler = guard(orders, 'GET', '/orders/:orderId', (request, response) => response.end(request.stepgate?.caller))
  storefront = await connect('storefront', { [url]: 'orders' })
})

afterAll(async () => {
  await Promise.all([orders.close(), storefront.close()])
  server.close()
  await gateway.close()
  await database.close()
})

describe('the middleware with this gateway', () => {
  test('applies the configuration, verified against the pinned key', () => {
    expect(orders.status()).toMatchObject({ state: 'fresh', environment: fleet.environmentSlug, lastError: null })
  })

  test('calls with a token of this gateway and is let through, without one it is not', async () => {
    const answer = await storefront.fetch(`${url}/orders/42`)
    expect([answer.status, await answer.text()]).toEqual([200, 'storefront'])
    expect((await fetch(`${url}/orders/42`)).status).toBe(401)
  })

  test('follows a change within the poll it holds, and confirms it', async () => {
    await database.prisma.endpoint.updateMany({
      where: { environmentId: fleet.environmentId },
      data: { mode: 'log_only' },
    })
    const { number } = await publish(database, fleet.environmentId)
    await eventually(async () => orders.status().revision === number)
    expect((await fetch(`${url}/orders/42`)).status).toBe(200)
    await eventually(async () =>
      database.prisma.instance
        .findFirst({ where: { id: orders.status().instanceId } })
        .then((row) => row?.revision === number),
    )
  })

  test('refuses a caller from a device nobody accepted, and lets it through once somebody has', async () => {
    const setRule = (mode: 'enforce' | 'log_only', kinds: object[]) =>
      database.prisma.endpoint.updateMany({
        where: { environmentId: fleet.environmentId },
        data: { mode, rule: { access: 'token', requirements: kinds } },
      })
    const apply = async () => {
      const { number } = await publish(database, fleet.environmentId)
      await eventually(async () => orders.status().revision === number)
    }
    const scopes = { kind: 'scopes', allOf: ['orders:read'] }
    const devices: (string | null)[] = []
    await setRule('enforce', [scopes, { kind: 'known-device' }])
    await apply()
    expect((await storefront.fetch(`${url}/orders/42`)).status).toBe(403)
    await eventually(async () => {
      const rows = await database.prisma.$queryRaw<{ device: string | null }[]>`
        SELECT d.device FROM decision_sample d JOIN decision_signature s ON s.id = d.signature_id WHERE s.reason = 'device-not-allowed'`
      devices.push(...rows.map(({ device }) => device))
      return devices.length > 0
    })
    expect(devices[0]).toMatch(/^instance:/)
    await database.prisma.knownDevice.create({
      data: {
        ...{ environmentId: fleet.environmentId, caller: 'storefront', acceptedBy: 'tests' },
        device: devices[0] ?? '',
      },
    })
    await apply()
    expect((await storefront.fetch(`${url}/orders/42`)).status).toBe(200)
    await setRule('log_only', [scopes])
    await apply()
  })

  test('has its routes and its decisions stored', async () => {
    await storefront.fetch(`${url}/orders/7`)
    await eventually(async () => orders.status().stored >= 4 && orders.status().queued === 0)
    const rows = await database.prisma.$queryRaw<{ outcome: string; caller: string | null; reason: string | null }[]>`
      SELECT outcome::text, caller, reason FROM decision_signature WHERE route = '/orders/:orderId'`
    expect(rows).toEqual(
      expect.arrayContaining([
        { outcome: 'allowed', caller: 'storefront', reason: null },
        { outcome: 'denied', caller: null, reason: 'token-missing' },
        { outcome: 'would-deny', caller: null, reason: 'token-missing' },
      ]),
    )
    expect(orders.status().dropped).toEqual({ allowed: 0, wouldDeny: 0, denied: 0, samples: 0 })
    expect(security).toEqual([])
  })
})
