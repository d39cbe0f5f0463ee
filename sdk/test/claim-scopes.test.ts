/** Scopes that follow from other claims of a token: a role, a group. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ClaimScopes, Snapshot } from '../../lib/policy/snapshot.ts'
import { withClaimScopes } from '../../lib/policy/token-scopes.ts'
import { ContextHarness, endpoint } from './context-harness.ts'

const mapping = (claim: string, value: string, ...scopes: string[]): ClaimScopes => ({ claim, value, scopes })
const READER = mapping('roles', 'reader', 'orders:read')

/** As a token brings it: what JSON can say, and nothing else. */
const payload = (json: string): Readonly<Record<string, unknown>> => JSON.parse(json) as Record<string, unknown>

describe('withClaimScopes', () => {
  it.each([
    ['text', 'roles', '{"roles":"reader"}'],
    ['a list', 'roles', '{"roles":["other","reader"]}'],
    ['a member of an object', 'realm_access.roles', '{"realm_access":{"roles":["reader"]}}'],
    ['a name with dots', 'https://example.com/roles', '{"https://example.com/roles":["reader"]}'],
    [
      'a member under a name with dots',
      'https://example.com/app.roles',
      '{"https://example.com/app":{"roles":"reader"}}',
    ],
    ['a name with dots within an object', 'apps.my.app.roles', '{"apps":{"my.app":{"roles":["reader"]}}}'],
  ])('gives scopes for %s', (_, claim, json) => {
    expect(withClaimScopes(['stock:read'], payload(json), [mapping(claim, 'reader', 'orders:read')])).toEqual([
      'orders:read',
      'stock:read',
    ])
  })

  it.each([
    ['nothing', '{}'],
    ['null', '{"roles":null}'],
    ['another value', '{"roles":"Reader"}'],
    ['a value within text', '{"roles":"reader writer"}'],
    ['an object', '{"roles":{"reader":true}}'],
    ['a list of lists', '{"roles":[["reader"]]}'],
    ['an inherited name', '{"__proto__":{"roles":"reader"}}'],
  ])('gives none for %s', (_, json) => {
    const scopes = ['stock:read']
    expect(withClaimScopes(scopes, payload(json), [READER])).toBe(scopes)
  })

  it.each(['constructor.name', '__proto__.roles', 'toString', 'roles.length', 'roles.0', '', '.', 'a..b'])(
    'reaches nothing by the name %j that is not in the token',
    (claim) => {
      const mappings = ['Object', 'reader', '1', ''].map((value) => mapping(claim, value, 'orders:admin'))
      expect(withClaimScopes([], payload('{"roles":["reader"]}'), mappings)).toEqual([])
    },
  )

  it('gives each scope once, sorted, from as many claims as apply, and never more than 200', () => {
    const mappings = [mapping('group', 'a', 'x:2', 'x:1'), mapping('group', 'a', 'x:1'), mapping('group', 'b', 'x:9')]
    expect(withClaimScopes(['x:1'], { group: 'a' }, mappings)).toEqual(['x:1', 'x:2'])
    const many = mapping('group', 'a', ...Array.from({ length: 500 }, (_, index) => `x:${String(index)}`))
    expect(withClaimScopes(['kept'], { group: 'a' }, [many])).toHaveLength(200)
    expect(withClaimScopes(['kept'], { group: 'a' }, [many])).toContain('kept')
  })

  it('never throws and takes no scope away, whatever a token says', () => {
    const mappings = [READER, mapping('a.b.c', 'x', 'orders:read'), mapping('__proto__.a', 'x', 'orders:read')]
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('roles', 'a', 'a.b', '__proto__'), fc.jsonValue()), (claims) => {
        expect(withClaimScopes(['stock:read'], payload(JSON.stringify(claims)), mappings)).toContain('stock:read')
      }),
    )
  })
})

it('lets a person in whose role carries the scope, and nobody else', () => {
  const endpoints = [endpoint('GET /orders', 'enforce')]
  const harness = new ContextHarness({}, { endpoints })
  const issuers: Snapshot['issuers'] = harness.plane.snapshot.issuers.map((issuer) => ({
    ...issuer,
    kind: 'oidc',
    claimScopes: [mapping('realm_access.roles', 'clerk', 'orders:read')],
  }))
  harness.publish({ issuers })
  const statusOf = (claims: object): number | undefined =>
    harness.ask('/orders', { token: harness.plane.issueToken({ scope: '', ...claims }) }).refusal?.status
  expect(statusOf({ realm_access: { roles: ['clerk'] } })).toBeUndefined()
  expect([statusOf({ realm_access: { roles: ['guest'] } }), statusOf({ realm_access: 'clerk' }), statusOf({})]).toEqual(
    [403, 403, 403],
  )
  expect(harness.report().map(({ signature }) => signature.scopes)).toContainEqual(['orders:read'])
})
