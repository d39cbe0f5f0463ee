import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { snapshotArbitrary } from './arbitraries.ts'
import { NO_CONTEXT } from './decision.ts'
import { evaluate } from './evaluate.ts'
import { parseSnapshot } from './parse-snapshot.ts'
import { serializeSnapshot } from './serialize-snapshot.ts'
import { SnapshotFormatError } from './snapshot-format-error.ts'
import type { Snapshot } from './snapshot.ts'

const snapshot: Snapshot = {
  format: 1,
  epoch: 'e1',
  revision: 7,
  environment: 'production',
  service: 'orders',
  publishedAt: '2026-11-23T18:00:00.000Z',
  undeclaredMode: 'off',
  endpoints: [
    {
      id: '0198a7a2-0000-7000-8000-000000000001',
      method: 'GET',
      route: '/orders/:orderId',
      mode: 'enforce',
      percent: 100,
      rule: { access: 'token', requirements: [{ kind: 'scopes', allOf: ['orders:read'] }] },
    },
  ],
  issuers: [
    {
      issuer: 'https://stepgate.test/e/production',
      name: 'stepgate',
      kind: 'stepgate',
      audience: 'orders',
      scopeClaim: 'scope',
      claimScopes: [],
      keys: [{ kid: 'k1', kty: 'OKP', alg: 'EdDSA', crv: 'Ed25519', x: 'abc' }],
    },
  ],
  disabledIdentities: [],
  revokedTokens: [],
  knownDevices: [],
  poll: { waitSeconds: 25, intervalSeconds: 15 },
  report: { intervalSeconds: 5, samplesPerSignature: 5 },
}

type Json = Record<string, unknown>

function changed(path: string, value: unknown): string {
  const copy = JSON.parse(serializeSnapshot(snapshot)) as Json
  const steps = path.split('.')
  const last = steps.pop() ?? ''
  const owner = steps.reduce<Json>((parent, step) => parent[step] as Json, copy)
  if (value === undefined) Reflect.deleteProperty(owner, last)
  else owner[last] = value
  return JSON.stringify(copy)
}

const pathOfRefusal = (text: string): string => {
  try {
    parseSnapshot(text)
  } catch (error) {
    if (error instanceof SnapshotFormatError) return error.path
  }
  return 'accepted or another error'
}

describe('parseSnapshot', () => {
  it('reads back what was written', () => {
    fc.assert(
      fc.property(snapshotArbitrary, (any) => {
        expect(parseSnapshot(serializeSnapshot(any))).toEqual(any)
      }),
    )
  })

  it('is written as the same text when it is read and written again', () => {
    fc.assert(
      fc.property(snapshotArbitrary, (any) => {
        expect(serializeSnapshot(parseSnapshot(serializeSnapshot(any)))).toBe(serializeSnapshot(any))
      }),
    )
  })

  it.each([
    ['revision', -1, 'revision'],
    ['revision', 1.5, 'revision'],
    ['revision', '7', 'revision'],
    ['format', 2, 'format'],
    ['service', undefined, 'service'],
    ['service', '', 'service'],
    ['endpoints', {}, 'endpoints'],
    ['endpoints.0', null, 'endpoints[0]'],
    ['endpoints.0.mode', 'Enforce', 'endpoints[0].mode'],
    ['endpoints.0.percent', 0, 'endpoints[0].percent'],
    ['endpoints.0.percent', null, 'endpoints[0].percent'],
    ['endpoints.0.method', 'get', 'endpoints[0].method'],
    ['endpoints.0.route', 'orders', 'endpoints[0].route'],
    ['endpoints.0.rule', undefined, 'endpoints[0].rule'],
    ['endpoints.0.rule.access', true, 'endpoints[0].rule.access'],
    ['endpoints.0.rule.requirements', null, 'endpoints[0].rule.requirements'],
    ['endpoints.0.rule.requirements.0.allOf', [], 'endpoints[0].rule.requirements[0].allOf'],
    ['endpoints.0.rule.requirements.0.allOf', 'orders:read', 'endpoints[0].rule.requirements[0].allOf'],
    [
      'endpoints.0.rule.requirements.0',
      { kind: 'network', cidrs: ['10.0.0.0/40'] },
      'endpoints[0].rule.requirements[0].cidrs[0]',
    ],
    [
      'endpoints.0.rule.requirements.0',
      { kind: 'max-token-age', seconds: '300' },
      'endpoints[0].rule.requirements[0].seconds',
    ],
    [
      'endpoints.0.rule.requirements.0',
      { kind: 'sender-constraint', anyOf: ['none'] },
      'endpoints[0].rule.requirements[0].anyOf[0]',
    ],
    ['issuers.0.keys.0.kty', 'RSA', 'issuers[0].keys[0].kty'],
    ['issuers.0.keys.0.alg', 'none', 'issuers[0].keys[0].alg'],
    ['issuers.0.keys.0.crv', 'X25519', 'issuers[0].keys[0].crv'],
    ['revokedTokens', [{ jti: 'x' }], 'revokedTokens[0].expiresAt'],
    ['poll', [], 'poll'],
  ])('names the place of a bad value: %s = %j', (path, value, expected) => {
    expect(pathOfRefusal(changed(path, value))).toBe(expected)
  })

  it('refuses two endpoints with one method and route', () => {
    expect(pathOfRefusal(changed('endpoints', [snapshot.endpoints[0], snapshot.endpoints[0]]))).toBe('endpoints[1]')
  })

  it('ignores members it does not know', () => {
    expect(parseSnapshot(changed('endpoints.0.rule.requirements.0.futureDetail', { deep: [1] }))).toEqual(snapshot)
    expect(parseSnapshot(changed('futureSection', {}))).toEqual(snapshot)
  })

  it.each([
    ['requirements.0', { kind: 'quantum-posture', level: 3 }, 'quantum-posture'],
    ['access', 'proof-of-work', 'proof-of-work'],
  ])('keeps an unknown %s and denies with it', (place, value, statedKind) => {
    const rule = parseSnapshot(changed(`endpoints.0.rule.${place}`, value)).endpoints[0]?.rule
    const facts = {
      tokenProblem: null,
      callerKind: 'service',
      caller: 'a',
      callerKey: 'a',
      issuer: 'i',
      scopes: ['orders:read'],
      tokenAgeSeconds: 1,
      sender: 'none',
      address: null,
      context: NO_CONTEXT,
    } as const
    expect(rule?.requirements).toContainEqual({ kind: 'unknown', statedKind })
    expect(rule && evaluate(facts, rule).reason).toBe('requirement-unknown')
  })

  it('takes nothing from a prototype', () => {
    const text = serializeSnapshot(snapshot)
    const polluted = text.replace('"service":"orders"', '"__proto__":{"service":"payments"}')
    expect(pathOfRefusal(polluted)).toBe('service')
    expect(parseSnapshot(text.replace('{', '{"__proto__":{"polluted":true},'))).toEqual(snapshot)
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  })

  it('drops the private part of a key', () => {
    const key = parseSnapshot(changed('issuers.0.keys.0.d', 'secret')).issuers[0]?.keys[0]
    expect(key).toEqual(snapshot.issuers[0]?.keys[0])
  })

  it('refuses deep nesting, excess size and text that is not JSON', () => {
    expect(() => parseSnapshot(`{"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)).toThrow('nested deeper than 32')
    expect(() => parseSnapshot(' '.repeat(8 * 1024 * 1024 + 1))).toThrow('larger than')
    expect(() => parseSnapshot(`"${'\\'.repeat(99_999)}`)).toThrow('not JSON')
    expect(() => parseSnapshot('')).toThrow('not JSON')
    expect(() => parseSnapshot('null')).toThrow('must be an object')
  })

  it('refuses a text cut off anywhere', () => {
    const text = serializeSnapshot(snapshot)
    for (let length = 0; length < text.length; length++)
      expect(() => parseSnapshot(text.slice(0, length))).toThrow(SnapshotFormatError)
  })
})
