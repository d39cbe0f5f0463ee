/** What is particular to Next: its modules are loaded with the first request, before there is a configuration. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Stepgate } from '../src/index.ts'
import { protectRoute } from '../src/next.ts'
import { TestControlPlane, type Fault } from './control-plane.ts'
import { bearer, connect, endpoint } from './fixtures.ts'

let plane: TestControlPlane
let stepgate: Stepgate

beforeEach(async () => {
  plane = await new TestControlPlane([endpoint('GET /orders/:orderId', 'enforce')]).start()
})

afterEach(async () => {
  await stepgate.close()
  await plane.kill()
})

async function ask(headers: Record<string, string> = {}): Promise<number> {
  const { GET } = protectRoute(stepgate, '/orders/[orderId]', { GET: () => new Response('order') })
  const params = Promise.resolve({ orderId: '42' })
  return (await GET(new Request('http://orders.test/orders/42', { headers }), { params })).status
}

const never: Fault = () => true

it('lets the first requests wait for the configuration', async () => {
  stepgate = connect(plane)
  expect(await Promise.all([ask(bearer(plane.issueToken())), ask()])).toEqual([200, 401])
})

it('answers 503 when no configuration comes in time', async () => {
  plane.fault = never
  stepgate = connect(plane)
  const begunAt = performance.now()
  expect(await ask(bearer(plane.issueToken()))).toBe(503)
  expect(performance.now() - begunAt).toBeLessThan(4_000)
})

it('answers 503 at once when the first attempt has brought none', async () => {
  await plane.kill()
  stepgate = connect(plane)
  await stepgate.started
  const begunAt = performance.now()
  expect(await ask(bearer(plane.issueToken()))).toBe(503)
  expect(performance.now() - begunAt).toBeLessThan(1_000)
})
