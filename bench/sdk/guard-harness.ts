/** The whole decision as an adapter asks for it, without a socket: authenticate, evaluate, apply the mode, record. */
import type { Socket } from 'node:net'
import type { ParsedRule } from '../../lib/policy/rule.ts'
import { serializeSnapshot } from '../../lib/policy/serialize-snapshot.ts'
import type { Mode } from '../../lib/policy/vocabulary.ts'
import { ConditionCompiler } from '../../sdk/src/condition/condition-compiler.ts'
import { ContextReader } from '../../sdk/src/context/context-reader.ts'
import type { SignalWatch } from '../../sdk/src/context/context-settings.ts'
import { Places } from '../../sdk/src/context/places.ts'
import { SeenMemory } from '../../sdk/src/context/seen-memory.ts'
import { EventHub } from '../../sdk/src/event-hub.ts'
import { explainDecision } from '../../sdk/src/guard/explain-decision.ts'
import { refuseDenied } from '../../sdk/src/guard/refuse-denied.ts'
import { Guard } from '../../sdk/src/guard/guard.ts'
import type { RequestReader } from '../../sdk/src/guard/request-reader.ts'
import { RouteTable, type Route } from '../../sdk/src/guard/route-table.ts'
import { DecisionQueue } from '../../sdk/src/report/decision-queue.ts'
import { SenderProver } from '../../sdk/src/sender/sender-prover.ts'
import { TestControlPlane } from '../../sdk/test/control-plane.ts'
import { endpoint, silentLogger } from '../../sdk/test/fixtures.ts'
import { makeSigningKey, signToken, type SigningAlgorithm, type SigningKey } from '../../sdk/test/signing.ts'
import { toVerifier } from '../../sdk/src/token/verify-token.ts'

export interface BenchRequest {
  readonly authorization: string | undefined
  readonly headers?: Readonly<Record<string, string | undefined>>
  readonly socket?: Socket
}

const requestReader: RequestReader<BenchRequest> = {
  authorization: (request) => request.authorization,
  userAgent: () => 'bench/1',
  header: ({ headers }, name) => headers?.[name],
  method: () => 'GET',
  path: () => '/orders/42',
  params: () => ({}),
  socket: ({ socket }) => socket,
}

export const AUDIENCE = 'orders'
export const ISSUER = 'https://stepgate.test/e/production'

export interface GuardHarness {
  readonly key: SigningKey
  check(request: BenchRequest): unknown
  /** Takes the configuration anew, with which all tokens are forgotten. */
  readonly forget: () => void
  /** Decision signatures that wait to be reported. */
  signatures(): number
}

/** What surrounds the requests, and a rule that asks for it. */
export interface BenchContext {
  readonly rule: ParsedRule
  readonly signals: SignalWatch
  readonly hasPlaces: boolean
}

const geo = { lookup: () => ({ country: 'CH', autonomousSystem: 3303, latitude: 47.4, longitude: 8.5 }) }

export function makeGuard(alg: SigningAlgorithm, mode: Mode, context?: BenchContext): GuardHarness {
  const key = makeSigningKey(alg, `bench-${alg}`)
  const plane = new TestControlPlane()
  // The usual size of a configuration: 500 endpoints of which this is one.
  const endpoints = Array.from({ length: 499 }, (_, index) => endpoint(`GET /resource-${String(index)}/:id`, 'enforce'))
  const snapshot = plane.makeSnapshot({
    endpoints: [...endpoints, endpoint('GET /orders/:orderId', mode, context?.rule)],
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
  const events = new EventHub(silentLogger)
  const reader = new ContextReader({
    places: context?.hasPlaces === true ? new Places(geo, events) : null,
    memory: new SeenMemory(),
    signals: context?.signals ?? 'rules',
    trustedProxies: [],
    events,
    conditions: new ConditionCompiler(events),
  })
  const guard = new Guard({
    ...{ routes, queue, events, trustedProxies: [], foldsMax: 20_000, context: reader },
    explain: explainDecision,
    refuse: refuseDenied,
    toVerifier,
    prover: new SenderProver([]),
  })
  const route: Route = routes.register('GET', '/orders/:orderId')
  guard.apply(snapshot)
  return {
    key,
    check: (request) => guard.check(route, request, requestReader),
    forget: () => guard.apply(snapshot),
    signatures: () => queue.size,
  }
}

/** Tokens of the usual size, each of its own. */
export const makeTokens = (key: SigningKey, count: number): string[] =>
  Array.from({ length: count }, (_, index) => makeToken(key, index, `caller-${String(index % 20)}`))

export function makeToken(key: SigningKey, index: number, caller: string): string {
  const now = Math.floor(Date.now() / 1000)
  return signToken(key, {
    iss: ISSUER,
    sub: caller,
    client_id: caller,
    aud: AUDIENCE,
    iat: now,
    exp: now + 3_600,
    jti: `0198a7a2-0000-7000-8000-${String(index).padStart(12, '0')}`,
    scope: 'orders:create orders:read orders:refund payments:read',
  })
}
