/** Tens of thousands of tokens that nobody should have made, judged by the middleware and by jose. */
import { createHmac, createPublicKey } from 'node:crypto'
import { importJWK, jwtVerify, type CryptoKey } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Snapshot } from '../../lib/policy/snapshot.ts'
import { toTrust, type Trust } from '../src/token/trust.ts'
import { verifyToken } from '../src/token/verify-token.ts'
import { TestControlPlane } from './control-plane.ts'
import { SeededRandom } from './seeded-random.ts'
import { encodePart, makeSigningKey, signBytes, signToken, type SigningAlgorithm, type SigningKey } from './signing.ts'

const NOW_SECONDS = 1_800_000_000
const ISSUER = 'https://stepgate.test/e/production'
const MUTATIONS = Number(process.env['STEPGATE_TEST_MUTATIONS'] ?? 30_000)

const claims = {
  iss: ISSUER,
  sub: 'billing',
  client_id: 'billing',
  aud: 'orders',
  iat: NOW_SECONDS - 10,
  exp: NOW_SECONDS + 890,
  jti: 'token-1',
  scope: 'orders:read orders:refund',
}

const keys: readonly SigningKey[] = (['EdDSA', 'ES256', 'RS256'] as const).map((alg) =>
  makeSigningKey(alg, `key-${alg}`),
)
const stranger = makeSigningKey('EdDSA', 'key-EdDSA')
const keyOf = (alg: SigningAlgorithm): SigningKey => keys.find((key) => key.alg === alg) ?? stranger
const snapshot: Snapshot = new TestControlPlane().makeSnapshot({
  issuers: [
    {
      issuer: ISSUER,
      name: 'stepgate',
      kind: 'stepgate',
      audience: 'orders',
      scopeClaim: 'scope',
      claimScopes: [],
      keys: keys.map(({ publicJwk }) => publicJwk),
    },
  ],
})
const trust: Trust = toTrust(snapshot)
const publicKeys = new Map<string, CryptoKey | Uint8Array>()

beforeAll(async () => {
  for (const key of keys) publicKeys.set(key.kid, await importJWK({ ...key.publicJwk }, key.alg))
})

/** The independent verifier, told the same rules. */
async function isAcceptedByJose(token: string): Promise<boolean> {
  try {
    const { payload } = await jwtVerify(
      token,
      (header) => {
        const key = publicKeys.get(header.kid ?? '')
        if (key === undefined || header.alg !== keys.find(({ kid }) => kid === header.kid)?.alg)
          throw new Error('no such key')
        return key
      },
      {
        issuer: ISSUER,
        audience: 'orders',
        typ: 'at+jwt',
        clockTolerance: 60,
        currentDate: new Date(NOW_SECONDS * 1000),
        requiredClaims: ['exp', 'iat', 'sub', 'client_id'],
      },
    )
    return typeof payload['client_id'] === 'string' && (payload.iat ?? 0) <= NOW_SECONDS + 60
  } catch {
    return false
  }
}

const accepts = (token: string): boolean => verifyToken(token, trust, NOW_SECONDS * 1000).problem === null

const ODD_VALUES: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1,
  1e308,
  -0,
  NOW_SECONDS,
  String(NOW_SECONDS),
  NOW_SECONDS + 61,
  NOW_SECONDS + 60,
  NOW_SECONDS - 60,
  NOW_SECONDS - 61,
  0.5,
  '',
  ' ',
  'orders',
  'ORDERS',
  ['orders'],
  ['x', 'orders'],
  [],
  {},
  [[]],
  [null],
  { orders: true },
  ISSUER,
  `${ISSUER}/`,
  'x'.repeat(9_000),
  'orders:read',
  '\u0000',
  '__proto__',
  'at+jwt',
  'AT+JWT',
  'application/at+jwt',
  'JWT',
  'none',
  'HS256',
  'RS256',
  'EdDSA',
  'ES256',
  'key-ES256',
  'key-EdDSA',
  ['b64'],
  NaN,
]

const CLAIMS = [
  'iss',
  'sub',
  'client_id',
  'aud',
  'iat',
  'exp',
  'nbf',
  'jti',
  'scope',
  'cnf',
  '__proto__',
  'constructor',
  'extra',
]
const HEADERS = ['alg', 'kid', 'typ', 'crit', 'b64', 'jwk', 'jku', 'x5u', 'x5c', 'cty', 'zip', '__proto__', 'exp']

type Mutation = (random: SeededRandom, key: SigningKey) => string

const mutatedObject = (random: SeededRandom, object: object, names: readonly string[]): string => {
  const entries = new Map<string, unknown>(Object.entries(object))
  for (let count = random.below(3); count >= 0; count--) {
    const name = random.pick(names)
    if (random.next() < 0.2) entries.delete(name)
    else entries.set(name, random.pick(ODD_VALUES))
  }
  const members = [...entries].map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)
  // Sometimes a member is there twice, with another value first.
  if (random.next() < 0.1)
    members.unshift(`${JSON.stringify(random.pick(names))}:${JSON.stringify(random.pick(ODD_VALUES))}`)
  return `{${members.join(random.next() < 0.1 ? ' , ' : ',')}}`
}

const sign = (key: SigningKey, header: string, payload: string): string => {
  const input = `${encodePart(header)}.${encodePart(payload)}`
  return `${input}.${signBytes(key, input).toString('base64url')}`
}
const headerOf = (key: SigningKey): object => ({ typ: 'at+jwt', alg: key.alg, kid: key.kid })

const replaceAt = (text: string, index: number, replacement: string): string =>
  text.slice(0, index) + replacement + text.slice(index + 1)
const NOISE = ['A', 'B', '-', '_', '=', '+', '/', '.', ' ', '\n', '%', 'é', '\u0000', '']

const MUTATIONS_BY_NAME: Readonly<Record<string, Mutation>> = {
  'a character exchanged': (random, key) => {
    const token = signToken(key, claims)
    return replaceAt(token, random.below(token.length), random.pick(NOISE))
  },
  'cut off': (random, key) => {
    const token = signToken(key, claims)
    return token.slice(0, random.below(token.length))
  },
  'other claims under the old signature': (random, key) => {
    const [header = '', , signature = ''] = signToken(key, claims).split('.')
    return `${header}.${encodePart(mutatedObject(random, claims, CLAIMS))}.${signature}`
  },
  'another header under the old signature': (random, key) => {
    const [, payload = '', signature = ''] = signToken(key, claims).split('.')
    return `${encodePart(mutatedObject(random, headerOf(key), HEADERS))}.${payload}.${signature}`
  },
  'odd claims, signed well': (random, key) =>
    sign(key, JSON.stringify(headerOf(key)), mutatedObject(random, claims, CLAIMS)),
  'an odd header, signed well': (random, key) =>
    sign(key, mutatedObject(random, headerOf(key), HEADERS), JSON.stringify(claims)),
  'signed by a stranger': (random, key) =>
    sign(stranger, JSON.stringify({ ...headerOf(key), alg: random.pick(['EdDSA', key.alg]) }), JSON.stringify(claims)),
  'without a signature': (random, key) => {
    const input = `${encodePart({ ...headerOf(key), alg: random.pick(['none', 'None', 'NONE', '', key.alg]) })}.${encodePart(claims)}`
    return `${input}.${random.pick(['', 'AA', 'e30'])}`
  },
  'MAC with the public key': (random, key) => {
    const secret = random.pick([
      createPublicKey({ key: key.publicJwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' }),
      JSON.stringify(key.publicJwk),
    ])
    const input = `${encodePart({ ...headerOf(key), alg: 'HS256' })}.${encodePart(claims)}`
    return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
  },
  'the algorithm of another key': (random, key) => {
    const other = random.pick(keys)
    return sign(
      key,
      JSON.stringify({ typ: 'at+jwt', alg: other.alg, kid: random.pick([key.kid, other.kid]) }),
      JSON.stringify(claims),
    )
  },
  'a signature of zeros or of odd length': (random, key) => {
    const token = signToken(key, claims)
    const length = random.pick([0, 1, 63, 64, 65, 256])
    return `${token.slice(0, token.lastIndexOf('.'))}.${Buffer.alloc(length, random.pick([0, 1, 255])).toString('base64url')}`
  },
  'a payload that is no object': (random, key) =>
    sign(
      key,
      JSON.stringify(headerOf(key)),
      random.pick([
        '[]',
        'null',
        '1',
        '"x"',
        `[${JSON.stringify(claims)}]`,
        '',
        '{',
        `${JSON.stringify(claims)}x`,
        '\ufeff{}',
        `${'['.repeat(2_000)}${']'.repeat(2_000)}`,
      ]),
    ),
  'parts too many, too few or exchanged': (random, key) => {
    const parts = signToken(key, claims).split('.')
    return Array.from({ length: random.below(6) }, () => random.pick(parts)).join('.')
  },
  'stray bits in the last character': (random, key) => {
    const token = signToken(key, claims)
    return replaceAt(
      token,
      token.length - 1,
      random.pick(Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_')),
    )
  },
  'bytes that are not UTF-8': (random, key) => {
    const payload = Buffer.from(JSON.stringify(claims))
    payload[random.below(payload.length)] = 0x80 + random.below(128)
    const input = `${encodePart(headerOf(key))}.${payload.toString('base64url')}`
    return `${input}.${signBytes(key, input).toString('base64url')}`
  },
}

/** ES256 signatures have a random part; everything else repeats with its seed. */
async function judge(name: string, mutate: Mutation, random: SeededRandom, count: number): Promise<number> {
  let accepted = 0
  for (let index = 0; index < count; index++) {
    const token = mutate(random, random.pick(keys))
    if (!accepts(token)) continue
    accepted++
    expect(await isAcceptedByJose(token), `${name}, seed ${String(random.seed)}: ${token}`).toBe(true)
  }
  return accepted
}

describe('verifyToken', () => {
  it.each(keys)('accepts a well-made token signed by $alg, as jose does', async ({ alg }) => {
    const token = signToken(keyOf(alg), claims)
    expect(accepts(token)).toBe(true)
    expect(await isAcceptedByJose(token)).toBe(true)
  })

  const names = Object.keys(MUTATIONS_BY_NAME)
  it.each(names)('accepts nothing that jose refuses: %s', { timeout: 600_000 }, async (name) => {
    const mutate = MUTATIONS_BY_NAME[name]
    if (mutate !== undefined) await judge(name, mutate, new SeededRandom(), Math.ceil(MUTATIONS / names.length))
  })

  it('knows each key by its own algorithm only', () => {
    for (const key of keys) {
      for (const other of keys.filter(({ alg }) => alg !== key.alg))
        expect(
          verifyToken(signToken(key, claims, { kid: other.kid, alg: other.alg }), trust, NOW_SECONDS * 1000).problem,
        ).toBe('signature-invalid')
    }
  })

  it.each([
    ['iat', NOW_SECONDS + 60, null],
    ['iat', NOW_SECONDS + 61, 'token-not-yet-valid'],
    ['nbf', NOW_SECONDS + 60, null],
    ['nbf', NOW_SECONDS + 61, 'token-not-yet-valid'],
    ['exp', NOW_SECONDS - 59, null],
    ['exp', NOW_SECONDS - 60, 'token-expired'],
    ['aud', ['payments', 'orders'], null],
    ['aud', [], 'token-malformed'],
    ['aud', 'Orders', 'audience-mismatch'],
    ['iss', `${ISSUER}/`, 'issuer-untrusted'],
    ['exp', undefined, 'token-malformed'],
    ['iat', undefined, 'token-malformed'],
    ['client_id', undefined, 'token-malformed'],
    ['scope', { 'orders:read': true }, 'token-malformed'],
    ['scope', Array.from({ length: 201 }, (_, index) => `s:${String(index)}`), 'token-malformed'],
    ['cnf', { jkt: 'x' }, 'token-malformed'],
  ])('judges %s = %j as %s', (claim, value, problem) => {
    expect(
      verifyToken(signToken(keyOf('EdDSA'), { ...claims, [claim]: value }), trust, NOW_SECONDS * 1000).problem,
    ).toBe(problem)
  })

  it.each([
    [{ crit: ['exp'] }, 'token-malformed'],
    [{ b64: true }, 'token-malformed'],
    [{ typ: 'JWT' }, 'token-malformed'],
    [{ typ: undefined }, 'token-malformed'],
    [{ typ: 'stepgate-snapshot' }, 'token-malformed'],
    [{ typ: 'application/AT+JWT' }, null],
    [{ kid: 'unknown' }, 'signature-invalid'],
    [{ kid: undefined }, 'signature-invalid'],
    [{ alg: 'none' }, 'signature-invalid'],
    [{ jwk: makeSigningKey('EdDSA', 'own').publicJwk, jku: 'https://attacker.test' }, null],
  ])('judges the header %j as %s', (header, problem) => {
    expect(verifyToken(signToken(keyOf('EdDSA'), claims, header), trust, NOW_SECONDS * 1000).problem).toBe(problem)
  })

  it('reads people of an identity provider by their own claims', () => {
    const key = makeSigningKey('ES256', 'idp')
    const users = toTrust({
      ...snapshot,
      issuers: [
        {
          issuer: 'https://id.test',
          name: 'company',
          kind: 'oidc',
          audience: 'shop',
          scopeClaim: 'permissions',
          claimScopes: [],
          keys: [key.publicJwk],
        },
      ],
    })
    const token = signToken(
      key,
      {
        iss: 'https://id.test',
        sub: 'user-1',
        aud: ['shop'],
        iat: NOW_SECONDS,
        exp: NOW_SECONDS + 60,
        permissions: ['orders:read', 'orders:read'],
      },
      { typ: 'JWT', kid: undefined },
    )
    expect(verifyToken(token, users, NOW_SECONDS * 1000)).toMatchObject({
      problem: null,
      token: {
        scopes: ['orders:read'],
        principal: { caller: 'user@company', callerKey: 'https://id.test user-1', callerKind: 'user' },
      },
    })
  })

  it('refuses keys that are too weak or not what they say', () => {
    const bad = [
      { ...keyOf('RS256').publicJwk, n: 'AQAB' },
      { ...keyOf('EdDSA').publicJwk, x: 'AA' },
      { ...keyOf('ES256').publicJwk, y: keyOf('ES256').publicJwk['x'] },
    ]
    expect(
      toTrust({ ...snapshot, issuers: snapshot.issuers.map((issuer) => ({ ...issuer, keys: bad })) }).unusableKeys,
    ).toHaveLength(3)
  })
})
