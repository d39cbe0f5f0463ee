/** The whole decision as an adapter asks for it, without a socket: authenticate, evaluate, apply the mode, record. */
import { serializeSnapshot } from '../../lib/policy/serialize-snapshot.ts'
import type { Mode } from '../../lib/policy/vocabulary.ts'
import { EventHub } from '../../sdk/src/event-hub.ts'
import { Guard } from '../../sdk/src/guard/guard.ts'
import type { RequestReader } from '../../sdk/src/guard/request-reader.ts'
import { RouteTable, type Route } from '../../sdk/src/guard/route-table.ts'
import { DecisionQueue } from '../../sdk/src/report/decision-queue.ts'
import { TestControlPlane } from '../../sdk/test/control-plane.ts'
import { endpoint, silentLogger } from '../../sdk/test/fixtures.ts'
import { makeSigningKey, signToken, type SigningAlgorithm, type SigningKey } from '../../sdk/test/signing.ts'

export interface BenchRequest {
  readonly authorization: string | undefined
}

const reader: RequestReader<BenchRequest> = {
  authorization: (request) => request.authorization,
  userAgent: () => 'bench/1',
  header: () => undefined,
  method: () => 'GET',
  path: () => '/orders/42',
  params: () => ({}),
  socket: () => undefined,
}

export const AUDIENCE = 'orders'
export const ISSUER = 'https://stepgate.test/e/production'

export interface GuardHarness {
  readonly key: SigningKey
  check(request: BenchRequest): unknown
}

export function makeGuard(alg: SigningAlgorithm, mode: Mode): GuardHarness {
  const key = makeSigningKey(alg, `bench-${alg}`)
  const plane = new TestControlPlane()
  // The usual size of a configuration: 500 endpoints of which this is one.
  const endpoints = Array.from({ length: 499 }, (_, index) => endpoint(`GET /resource-${String(index)}/:id`, 'enforce'))
  const snapshot = plane.makeSnapshot({
    endpoints: [...endpoints, endpoint('GET /orders/:orderId', mode)],
    issuers: [
      {
        issuer: ISSUER,
        name: 'stepgate',
        kind: 'stepgate',
        audience: AUDIENCE,
        scopeClaim: 'scope',
        claimScopes: [],
        keys: [key.publicJwk],
      },
    ],
  })
  serializeSnapshot(snapshot)
  const routes = new RouteTable(() => undefined)
  const queue = new DecisionQueue(20_000, 5_000)
  const guard = new Guard({ routes, queue, events: new EventHub(silentLogger), trustedProxies: [], foldsMax: 20_000 })
  const route: Route = routes.register('GET', '/orders/:orderId')
  guard.apply(snapshot)
  return { key, check: (request) => guard.check(route, request, reader) }
}

/** Tokens of the usual size, each of its own. */
export function makeTokens(key: SigningKey, count: number): string[] {
  const now = Math.floor(Date.now() / 1000)
  return Array.from({ length: count }, (_, index) =>
    signToken(key, {
      iss: ISSUER,
      sub: `caller-${String(index % 20)}`,
      client_id: `caller-${String(index % 20)}`,
      aud: AUDIENCE,
      iat: now,
      exp: now + 3_600,
      jti: `0198a7a2-0000-7000-8000-${String(index).padStart(12, '0')}`,
      scope: 'orders:create orders:read orders:refund payments:read',
    }),
  )
}
