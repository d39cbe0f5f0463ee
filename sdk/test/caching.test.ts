/** What is kept between requests: safe before it is fast, and bounded. */
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { Authenticator } from '../src/token/authenticator.ts'
import { Caller } from '../src/token/caller.ts'
import { CallerHints } from '../src/token/caller-hint.ts'
import type { RequestReader } from '../src/guard/request-reader.ts'
import { TokenCache } from '../src/token/token-cache.ts'
import { toVerifier } from '../src/token/verify-token.ts'
import { TestControlPlane } from './control-plane.ts'
import { makeSigningKey } from './signing.ts'

interface Ask {
  readonly authorization?: string
  readonly userAgent?: string
}
const reader: RequestReader<Ask> = {
  authorization: ({ authorization }) => authorization,
  userAgent: ({ userAgent }) => userAgent,
  header: () => undefined,
  method: () => 'GET',
  path: () => '/',
  params: () => ({}),
  socket: () => undefined,
}

const plane = new TestControlPlane()
const trusting = (): Authenticator => {
  const authenticator = new Authenticator()
  authenticator.use(toVerifier(plane.snapshot))
  return authenticator
}
const problemOf = (
  authenticator: Authenticator,
  authorization: string | undefined,
  nowMs = Date.now(),
): string | null =>
  authenticator.authenticate(authorization === undefined ? {} : { authorization }, reader, nowMs).facts.tokenProblem

/** In any mixture of cases. */
const spellingsOf = ([first, ...others]: Iterable<string>): string[] => {
  if (first === undefined) return ['']
  return spellingsOf(others).flatMap((rest) => [first.toLowerCase() + rest, first.toUpperCase() + rest])
}

describe('Authenticator', () => {
  it('answers the same caller for the same token, and another for one that differs in a character', () => {
    const authenticator = trusting()
    const authorization = `Bearer ${plane.issueToken()}`
    const first = authenticator.authenticate({ authorization }, reader, Date.now())
    expect(authenticator.authenticate({ authorization }, reader, Date.now())).toBe(first)
    for (let index = 8; index < authorization.length; index++) {
      const other = `${authorization.slice(0, index)}${authorization[index] === 'A' ? 'B' : 'A'}${authorization.slice(index + 1)}`
      expect(problemOf(authenticator, other)).not.toBeNull()
    }
  })

  it('looks at the times of a kept token on each use', () => {
    const authenticator = trusting()
    const now = Math.floor(Date.now() / 1000)
    const authorization = `Bearer ${plane.issueToken({ iat: now, nbf: now + 100, exp: now + 200 })}`
    const at = (seconds: number): string | null => problemOf(authenticator, authorization, (now + seconds) * 1000)
    expect([at(0), at(39), at(40), at(150), at(259), at(260), at(150), at(0)]).toEqual([
      'token-not-yet-valid',
      'token-not-yet-valid',
      null,
      null,
      null,
      'token-expired',
      null,
      'token-not-yet-valid',
    ])
  })

  it('forgets every token when keys, revocations or identities change', () => {
    const authenticator = trusting()
    const authorization = `Bearer ${plane.issueToken({ jti: 'gone' })}`
    expect(problemOf(authenticator, authorization)).toBeNull()
    authenticator.use(toVerifier({ ...plane.snapshot, revokedTokens: [{ jti: 'gone', expiresAt: 1 }] }))
    expect(problemOf(authenticator, authorization)).toBe('token-revoked')
    authenticator.use(toVerifier({ ...plane.snapshot, disabledIdentities: ['billing'] }))
    expect(problemOf(authenticator, authorization)).toBe('identity-disabled')
    authenticator.use(
      toVerifier({
        ...plane.snapshot,
        issuers: plane.snapshot.issuers.map((issuer) => ({
          ...issuer,
          keys: [makeSigningKey('EdDSA', 'new').publicJwk],
        })),
      }),
    )
    expect(problemOf(authenticator, authorization)).toBe('signature-invalid')
    authenticator.use(toVerifier(plane.snapshot))
    expect(problemOf(authenticator, authorization)).toBeNull()
  })

  it.each([
    [undefined, 'token-missing'],
    ['', 'token-missing'],
    ['Basic dXNlcjpwYXNz', 'token-missing'],
    ['Bearer', 'token-malformed'],
    ['Bearer ', 'token-malformed'],
    ['Bearer a b', 'token-malformed'],
    [`Bearer ${'x'.repeat(9_000)}`, 'token-malformed'],
    ['DPoP a.b.c', 'token-malformed'],
    ['DPoP', 'token-malformed'],
    ['DPoPed a.b.c', 'token-missing'],
  ])('judges the header %s as %s, again and again', (authorization, problem) => {
    const authenticator = trusting()
    for (let round = 0; round < 3; round++) expect(problemOf(authenticator, authorization)).toBe(problem)
  })

  it('takes the scheme in any case and with more than one space', () => {
    expect(problemOf(trusting(), `bEARER  ${plane.issueToken()}`)).toBeNull()
  })

  it('lets no spellings of one token displace the tokens of others', () => {
    const now = Date.now()
    const good = Array.from({ length: 10_000 }, (_, index) => `Bearer ${plane.issueToken({ jti: String(index) })}`)
    const expired = plane.issueToken({ iat: 1, nbf: 1, exp: 2 })
    const spaces = Array.from({ length: 10 }, (_, index) => ' '.repeat(index + 2))
    const odd = spellingsOf('bearer').flatMap((scheme) => spaces.map((space) => scheme + space + expired))
    const lostTo = (flood: readonly string[]): number => {
      const authenticator = trusting()
      const ask = (authorization: string): Caller => authenticator.authenticate({ authorization }, reader, now)
      const callers = good.map(ask)
      for (const authorization of flood)
        expect(ask(authorization).facts).toMatchObject({ caller: 'billing', tokenProblem: 'token-expired' })
      return good.filter((authorization, index) => ask(authorization) !== callers[index]).length
    }
    expect(odd).toHaveLength(640)
    expect(lostTo(odd)).toBe(lostTo([]))
  }, 60_000)

  it('tells anonymous callers apart by product, a bounded number of them', () => {
    const authenticator = trusting()
    const hints = Array.from(
      { length: 80 },
      (_, index) => authenticator.authenticate({ userAgent: `client-${String(index)}/1.0 (x)` }, reader, 0).callerHint,
    )
    expect(new Set(hints).size).toBe(51)
    expect([hints[0], hints[49], hints[50], hints[79]]).toEqual(['client-0', 'client-49', 'other', 'other'])
  })
})

describe('CallerHints', () => {
  it.each([
    ['curl/8.5.0', 'curl'],
    ['Mozilla/5.0 (X11; Linux)', 'Mozilla'],
    ['x'.repeat(100), 'x'.repeat(60)],
    ['\u0000', null],
    ['', null],
    [undefined, null],
  ])('reads %j as %j', (userAgent, hint) => {
    expect(new CallerHints().hintOf(userAgent)).toBe(hint)
  })
})

describe('TokenCache', () => {
  const callerOf = (authorization: string): Caller =>
    new Caller(authorization, { problem: 'token-malformed', token: null }, null)

  it('finds exactly what was kept, also where all share one place', () => {
    const cache = new TokenCache(4, 1_000)
    const callers = ['aaaaaaaaaaaaaa', 'baaaaaaaaaaaaa', 'caaaaaaaaaaaaa', 'daaaaaaaaaaaaa'].map(callerOf)
    callers.forEach((caller) => cache.keep(caller))
    callers.forEach((caller) => expect(cache.find(caller.authorization)).toBe(caller))
    expect(cache.find('eaaaaaaaaaaaaa')).toBeUndefined()
  })

  it('forgets the one that was not used for longest', () => {
    const cache = new TokenCache(4, 1_000)
    const names = ['a', 'b', 'c', 'd'].map((name) => `${name}aaaaaaaaaaaaa`)
    names.forEach((name) => cache.keep(callerOf(name)))
    cache.find(names[0] ?? '')
    cache.keep(callerOf('eaaaaaaaaaaaaa'))
    expect(names.map((name) => cache.find(name) !== undefined)).toEqual([true, false, true, true])
  })

  it('never holds more than its capacity, and all of that', () => {
    const cache = new TokenCache(64, 10_000)
    const names = Array.from(
      { length: 5_000 },
      (_, index) => `Bearer ${String(index)}-padding-padding-${String(index * 7919)}`,
    )
    names.forEach((name) => cache.keep(callerOf(name)))
    expect(names.filter((name) => cache.find(name) !== undefined).length).toBe(64)
  })

  it('holds fewer where they are long', () => {
    const cache = new TokenCache(64, 10_000)
    const names = Array.from(
      { length: 200 },
      (_, index) => `${'x'.repeat(990)}${String(index * 7919).padStart(10, '0')}`,
    )
    names.forEach((name) => cache.keep(callerOf(name)))
    expect(names.filter((name) => cache.find(name) !== undefined).length).toBe(10)
  })

  it('keeps one entry of a header, the last', () => {
    const cache = new TokenCache(2, 1_000)
    const [other, first, second] = ['Bearer other-other', 'Bearer same-same-1', 'Bearer same-same-1'].map(callerOf)
    if (other === undefined || first === undefined || second === undefined) throw new Error('three were made')
    for (const caller of [other, first, second, first, second]) cache.keep(caller)
    expect([cache.find(other.authorization), cache.find(first.authorization)]).toEqual([other, second])
    expect(cache.find(first.authorization)).toBe(second)
  })

  it('finds again as many tokens as are promised', () => {
    const cache = new TokenCache(10_240, 16_000_000)
    const names = Array.from(
      { length: 10_000 },
      (_, index) => `Bearer ${createHash('sha256').update(String(index)).digest('base64url')}`,
    )
    names.forEach((name) => cache.keep(callerOf(name)))
    expect(names.filter((name) => cache.find(name) !== undefined).length).toBeGreaterThanOrEqual(9_950)
  })
})
