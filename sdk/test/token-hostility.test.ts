/** Hundreds of thousands of tokens that nobody should have made, judged by the middleware and by jose. */
import { expect, describe, it } from 'vitest'
import { toTrust } from '../src/token/trust.ts'
import { verifyToken } from '../src/token/verify-token.ts'
import { floodWithUnknownKeys } from './faults/flood-tokens.ts'
import { judgeTokens } from './faults/judge-tokens.ts'
import { CLAIMS as claims, ISSUER, NOW_SECONDS, TokenForge } from './faults/token-forge.ts'
import { TokenOracle } from './faults/token-oracle.ts'
import { SeededRandom } from './seeded-random.ts'
import { makeSigningKey, signToken, type SigningAlgorithm } from './signing.ts'

const forge = new TokenForge()
const { keys, trust, snapshot } = forge
const keyOf = (alg: SigningAlgorithm): (typeof keys)[number] => forge.keyOf(alg)

describe('verifyToken', () => {
  it.each(keys)('accepts a well-made token signed by $alg, as jose does', async ({ alg }) => {
    const token = signToken(keyOf(alg), claims)
    expect(verifyToken(token, trust, NOW_SECONDS * 1000).problem).toBeNull()
    expect(await (await TokenOracle.of(forge)).accepts(token)).toBe(true)
  })

  it('accepts nothing that jose refuses, and refuses nothing without a purpose', { timeout: 600_000 }, async () => {
    const random = new SeededRandom()
    const { figures, violations } = await judgeTokens({ random, tokens: 200_000, refusedPerSecondOpinion: 200 })
    expect(violations, `seed ${String(random.seed)}`).toEqual([])
    expect(figures['tokens']).toBeGreaterThanOrEqual(200_000)
    expect(figures['accepted']).toBeGreaterThan(1_000)
    expect(figures['secondOpinions']).toBeGreaterThan(1_500)
  })

  it('keeps deciding good tokens through a flood of tokens that name unknown keys', () => {
    const random = new SeededRandom()
    const { figures, violations } = floodWithUnknownKeys({ random, tokens: 10_000 })
    expect(violations, `seed ${String(random.seed)}`).toEqual([])
    expect(figures['refused']).toBe(10_000)
  })

  it('takes no character for another with the same last bits, up to the end of the longest token', () => {
    const key = keyOf('EdDSA')
    const tokens = Array.from({ length: 12 }, (_, index) => {
      const token = signToken(key, { ...claims, extra: '' }, { pad: 'x'.repeat(index % 3) })
      return signToken(
        key,
        { ...claims, extra: 'x'.repeat(Math.floor(((8_192 - token.length) * 3) / 4) - Math.floor(index / 3)) },
        { pad: 'x'.repeat(index % 3) },
      )
    })
    expect(tokens.map(({ length }) => length)).toContain(8_192)
    for (const token of tokens) {
      expect(verifyToken(token, trust, NOW_SECONDS * 1000).problem).toBe(
        token.length > 8_192 ? 'token-malformed' : null,
      )
      for (const place of [token.length - 1, token.length - 2, token.length - 40, token.length - 500, 3]) {
        const twin = String.fromCharCode(0x100 + token.charCodeAt(place))
        const respelled = token.slice(0, place) + twin + token.slice(place + 1)
        expect(verifyToken(respelled, trust, NOW_SECONDS * 1000).problem, String(place)).toBe('token-malformed')
      }
    }
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
    // A NumericDate may have a fraction (RFC 7519, section 2).
    ['exp', NOW_SECONDS - 59.5, null],
    ['nbf', NOW_SECONDS + 60.5, 'token-not-yet-valid'],
    ['aud', ['payments', 'orders'], null],
    ['aud', [], 'token-malformed'],
    ['aud', 'Orders', 'audience-mismatch'],
    ['iss', `${ISSUER}/`, 'issuer-untrusted'],
    ['exp', undefined, 'token-malformed'],
    ['iat', undefined, 'token-malformed'],
    ['client_id', undefined, 'token-malformed'],
    ['scope', { 'orders:read': true }, 'token-malformed'],
    ['scope', Array.from({ length: 201 }, (_, index) => `s:${String(index)}`), 'token-malformed'],
    ['cnf', { jkt: 'x' }, 'sender-unproven'],
    ['cnf', { jkt: 'A'.repeat(43) }, 'sender-unproven'],
    ['cnf', { 'x5t#S256': 'A'.repeat(43) }, 'sender-unproven'],
    ['cnf', { kid: 'key' }, 'sender-unproven'],
    ['cnf', {}, 'sender-unproven'],
    ['cnf', null, 'sender-unproven'],
    ['cnf', 'none', 'sender-unproven'],
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
