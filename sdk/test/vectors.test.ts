/** The evaluator's vectors, run through the public entry: real tokens, real requests, real refusals. */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Facts } from '../../lib/policy/decision.ts'
import type { ParsedRule } from '../../lib/policy/rule.ts'
import type { SnapshotEndpoint } from '../../lib/policy/snapshot.ts'
import type { TokenProblem } from '../../lib/policy/vocabulary.ts'
import type { Stepgate } from '../src/index.ts'
import { TestControlPlane } from './control-plane.ts'
import { bearer, connect, sendRaw } from './fixtures.ts'
import type { RunningService } from './adapters/service-kind.ts'
import { SERVICE_KINDS } from './services.ts'
import { makeSigningKey, signToken } from './signing.ts'
import { waitFor } from './wait-for.ts'

interface Vector {
  readonly name: string
  readonly facts: Omit<Facts, 'context'> & { readonly context?: Partial<Facts['context']> }
  readonly rule: ParsedRule
  readonly expected: { readonly reason: string | null }
}

const { cases } = JSON.parse(
  readFileSync(new URL('../../lib/policy/vectors/evaluate.json', import.meta.url), 'utf8'),
) as { cases: Vector[] }

const nowSeconds = (): number => Math.floor(Date.now() / 1000)

/** Here requests are counted and conditions evaluated, so that nothing is unknown about them. */
const NEVER_UNKNOWN: readonly string[] = ['rate', 'condition']

/** Facts that a request cannot bring about through a plain token over a local socket. */
function cannotHappen({ facts, rule }: Vector): boolean {
  const needsAddress = rule.requirements.some(({ kind }) => kind === 'network')
  const needsKnown = rule.requirements.some(({ kind }) => NEVER_UNKNOWN.includes(kind))
  return (
    facts.context !== undefined ||
    needsKnown ||
    facts.sender !== 'none' ||
    (needsAddress && facts.address === null) ||
    (facts.tokenAgeSeconds === null && facts.tokenProblem === null) ||
    facts.tokenAgeSeconds === 300
  )
}

/** A token that gives rise to these facts. */
function tokenFor(plane: TestControlPlane, { tokenProblem, scopes, tokenAgeSeconds }: Vector['facts']): string | null {
  const issuedAt = nowSeconds() - (tokenAgeSeconds ?? 0)
  const claims = { scope: scopes.join(' '), iat: issuedAt, exp: issuedAt + 90_000 }
  const spoiled: Partial<Record<TokenProblem, () => string | null>> = {
    'token-missing': () => null,
    'token-malformed': () => 'not.a.token',
    'issuer-untrusted': () => plane.issueToken({ ...claims, iss: 'https://other.test' }),
    'signature-invalid': () =>
      signToken(makeSigningKey('EdDSA', plane.tokenKey.kid), {
        iss: plane.issuer,
        sub: 'billing',
        client_id: 'billing',
        aud: 'orders',
        ...claims,
      }),
    'token-not-yet-valid': () => plane.issueToken({ ...claims, nbf: nowSeconds() + 600 }),
    'token-expired': () => plane.issueToken({ ...claims, exp: nowSeconds() - 600 }),
    'audience-mismatch': () => plane.issueToken({ ...claims, aud: 'payments' }),
    'identity-disabled': () => plane.issueToken({ ...claims, client_id: 'disabled', sub: 'disabled' }),
    'token-revoked': () => plane.issueToken({ ...claims, jti: 'revoked' }),
  }
  return tokenProblem === null ? plane.issueToken(claims) : (spoiled[tokenProblem]?.() ?? null)
}

const possible = cases.filter((vector) => !cannotHappen(vector))
const endpoints: SnapshotEndpoint[] = possible.map(({ rule }, index) => ({
  id: String(index),
  method: 'GET',
  route: `/vectors/${String(index)}`,
  mode: 'log-only',
  percent: 100,
  rule,
}))
const measured = SERVICE_KINDS.filter(({ name }) => name === 'Fastify 5' || name === 'node:http')

describe.each(measured)('the vectors on $name', (kind) => {
  const plane = new TestControlPlane()
  let stepgate: Stepgate
  let service: RunningService

  beforeAll(async () => {
    await plane.start()
    plane.publish({
      endpoints,
      disabledIdentities: ['disabled'],
      revokedTokens: [{ jti: 'revoked', expiresAt: 4_000_000_000 }],
    })
    stepgate = connect(plane, { trustedProxies: ['loopback'] })
    service = await kind.start(
      stepgate,
      endpoints.map(({ method, route }) => ({ method, path: route })),
    )
    await stepgate.started
    await waitFor('the first configuration', () => stepgate.status().state === 'fresh')
  })

  afterAll(async () => {
    await stepgate.close()
    await service.close()
    await plane.kill()
  })

  it.each(possible.map((vector, index) => ({ ...vector, index })))('$name', async ({ facts, expected, index }) => {
    const token = tokenFor(plane, facts)
    const { body } = await sendRaw(service.port, 'GET', `/vectors/${String(index)}`, {
      ...(token === null ? {} : bearer(token)),
      'x-forwarded-for': facts.address ?? '',
    })
    const { stepgate: decision } = JSON.parse(body) as { stepgate: { reason: string | null; outcome: string } }
    expect(decision).toMatchObject({
      reason: expected.reason,
      outcome: expected.reason === null ? 'allowed' : 'would-deny',
    })
  })
})
