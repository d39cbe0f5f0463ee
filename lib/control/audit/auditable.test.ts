import { describe, expect, it } from 'vitest'
import { toAuditable } from './auditable.ts'

describe('what goes into the audit log', () => {
  it('leaves out secrets by name, however deep', () => {
    const value = {
      name: 'ci',
      secret: 'x',
      nested: [{ passwordHash: 'y', token: 'z', clientSecret: 'q', setupUrl: 'u', kept: 1 }],
    }
    expect(toAuditable(value)).toEqual({ name: 'ci', nested: [{ kept: 1 }] })
  })

  it('leaves out secrets by form under a harmless name', () => {
    expect(
      toAuditable({ note: 'sg_live_abc', text: '-----BEGIN PRIVATE KEY-----', bearer: 'eyJhbGciOiJFZERTQSJ9.e30.sig' }),
    ).toEqual({ note: '(secret)', text: '(secret)', bearer: '(secret)' })
  })

  it('leaves out the private members of a key', () => {
    expect(toAuditable({ publicJwk: { kty: 'OKP', crv: 'Ed25519', x: 'abc', d: 'def' } })).toEqual({
      publicJwk: { kty: 'OKP', crv: 'Ed25519', x: 'abc' },
    })
  })

  it('keeps token lifetimes, dates and large numbers as JSON', () => {
    expect(toAuditable({ tokenLifetimeSeconds: 900, at: new Date(0), count: 12n, gone: undefined })).toEqual({
      tokenLifetimeSeconds: 900,
      at: '1970-01-01T00:00:00.000Z',
      count: '12',
    })
  })
})
