/** Generators of facts, rules and snapshots for property tests. */
import fc from 'fast-check'
import type { Context, Facts } from './decision.ts'
import type { ParsedRule } from './rule.ts'
import type { PublicJwk, Snapshot } from './snapshot.ts'
import {
  CALLER_KINDS,
  DEVICE_STANDINGS,
  MODES,
  SENDER_CONSTRAINTS,
  SIGNALS,
  TOKEN_PROBLEMS,
  type Signal,
} from './vocabulary.ts'

const scope = fc.constantFrom('orders:read', 'orders:refund', 'stock:read', 'stock:write')
const text = (maxLength: number) => fc.string({ unit: 'binary', minLength: 1, maxLength })
const cidr = fc.constantFrom('10.0.0.0/8', '192.168.1.0/24', '2001:db8::/32', '::/0', '0.0.0.0/0')

const country = fc.constantFrom('CH', 'DE', 'US', 'BR')
const systemNumber = fc.constantFrom(3303, 15_169, 64_512)
const expression = fc.constantFrom('params.userId == token.sub', 'request.method == "GET"', 'true')
const signals = fc.uniqueArray(fc.constantFrom(...SIGNALS))

const contextArbitrary: fc.Arbitrary<Context> = fc.record({
  country: fc.option(country),
  autonomousSystem: fc.option(systemNumber),
  device: fc.constantFrom(...DEVICE_STANDINGS),
  signals: signals.map((raised) => raised.toSorted()),
  recentRequests: fc.option(fc.integer({ min: 1, max: 200 })),
  conditionsMet: fc.uniqueArray(expression),
})

export const factsArbitrary: fc.Arbitrary<Facts> = fc.record({
  tokenProblem: fc.option(fc.constantFrom(...TOKEN_PROBLEMS)),
  callerKind: fc.constantFrom(...CALLER_KINDS),
  caller: fc.option(text(20)),
  callerKey: fc.option(text(20)),
  issuer: fc.option(text(20)),
  scopes: fc.uniqueArray(scope).map((scopes) => scopes.toSorted()),
  tokenAgeSeconds: fc.option(fc.integer({ min: -60, max: 100_000 })),
  sender: fc.constantFrom(...SENDER_CONSTRAINTS),
  address: fc.option(fc.oneof(fc.ipV4(), fc.ipV6(), text(20))),
  context: contextArbitrary,
})

const inOrderOfVocabulary = (raised: readonly Signal[]): Signal[] => SIGNALS.filter((signal) => raised.includes(signal))

const requirement: fc.Arbitrary<ParsedRule['requirements'][number]> = fc.oneof(
  fc.record({ kind: fc.constant('scopes'), allOf: fc.uniqueArray(scope, { minLength: 1 }) }),
  fc.record({ kind: fc.constant('max-token-age'), seconds: fc.integer({ min: 0, max: 86_400 }) }),
  fc.record({
    kind: fc.constant('sender-constraint'),
    anyOf: fc.uniqueArray(fc.constantFrom('mutual-tls', 'dpop'), { minLength: 1 }),
  }),
  fc.record({ kind: fc.constant('network'), cidrs: fc.array(cidr, { minLength: 1, maxLength: 4 }) }),
  fc.record({ kind: fc.constant('autonomous-system'), anyOf: fc.uniqueArray(systemNumber, { minLength: 1 }) }),
  fc.record({ kind: fc.constant('country'), anyOf: fc.uniqueArray(country, { minLength: 1 }) }),
  fc.record({ kind: fc.constant('known-device') }),
  fc.record({
    kind: fc.constant('rate'),
    requestsMax: fc.integer({ min: 1, max: 100 }),
    windowSeconds: fc.integer({ min: 1, max: 3_600 }),
  }),
  fc.record({
    kind: fc.constant('signals'),
    noneOf: fc.uniqueArray(fc.constantFrom(...SIGNALS), { minLength: 1 }).map(inOrderOfVocabulary),
  }),
  fc.record({ kind: fc.constant('condition'), expression }),
  fc.record({ kind: fc.constant('unknown'), statedKind: text(20).map((kind) => `x-${kind}`) }),
)

export const ruleArbitrary: fc.Arbitrary<ParsedRule> = fc.record({
  access: fc.constantFrom('token', 'public'),
  requirements: fc.array(requirement, { maxLength: 6 }),
})

const key: fc.Arbitrary<PublicJwk> = fc.oneof(
  fc.record({
    kid: text(20),
    kty: fc.constant('OKP'),
    alg: fc.constant('EdDSA'),
    crv: fc.constant('Ed25519'),
    x: text(43),
  }),
  fc.record({
    kid: text(20),
    kty: fc.constant('EC'),
    alg: fc.constant('ES256'),
    crv: fc.constant('P-256'),
    x: text(43),
    y: text(43),
  }),
  fc.record({ kid: text(20), kty: fc.constant('RSA'), alg: fc.constant('RS256'), n: text(43), e: text(4) }),
)

const endpoint = fc.record({
  id: fc.uuid(),
  method: fc.constantFrom('GET', 'POST', 'DELETE', 'PURGE'),
  route: text(40).map((route) => `/${route}`),
  mode: fc.constantFrom(...MODES),
  percent: fc.integer({ min: 1, max: 100 }),
  rule: ruleArbitrary,
})

export const snapshotArbitrary: fc.Arbitrary<Snapshot> = fc.record({
  format: fc.constant(1),
  epoch: text(36),
  revision: fc.maxSafeNat(),
  environment: text(20),
  service: text(20),
  publishedAt: fc.constant('2026-11-23T18:00:00.000Z'),
  undeclaredMode: fc.constantFrom(...MODES),
  endpoints: fc.uniqueArray(endpoint, { maxLength: 6, selector: ({ method, route }) => `${method} ${route}` }),
  issuers: fc.uniqueArray(
    fc.record({
      issuer: text(40),
      name: text(20),
      kind: fc.constantFrom('stepgate', 'oidc'),
      audience: text(20),
      scopeClaim: text(20),
      claimScopes: fc.array(
        fc.record({ claim: text(20), value: text(20), scopes: fc.array(scope, { maxLength: 3 }) }),
        {
          maxLength: 2,
        },
      ),
      keys: fc.uniqueArray(key, { maxLength: 3, selector: ({ kid }) => kid }),
    }),
    { maxLength: 3, selector: ({ issuer }) => issuer },
  ),
  disabledIdentities: fc.array(text(20), { maxLength: 3 }),
  revokedTokens: fc.array(fc.record({ jti: text(20), expiresAt: fc.maxSafeNat() }), { maxLength: 3 }),
  knownDevices: fc.array(fc.record({ caller: text(20), devices: fc.array(text(20), { maxLength: 3 }) }), {
    maxLength: 2,
  }),
  poll: fc.record({ waitSeconds: fc.integer({ min: 0, max: 60 }), intervalSeconds: fc.integer({ min: 1, max: 60 }) }),
  report: fc.record({
    intervalSeconds: fc.integer({ min: 1, max: 60 }),
    samplesPerSignature: fc.integer({ min: 0, max: 50 }),
  }),
})
