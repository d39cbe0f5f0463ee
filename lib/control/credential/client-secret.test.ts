import { describe, expect, it } from 'vitest'
import { createClientSecret, isClientSecret } from './client-secret.ts'

describe('a client secret', () => {
  it('is recognised by its checksum', () => {
    for (let index = 0; index < 200; index++) expect(isClientSecret(createClientSecret())).toBe(true)
  })

  it('is not recognised with one character changed', () => {
    const secret = createClientSecret()
    const changed = secret.slice(0, 20) + (secret[20] === 'a' ? 'b' : 'a') + secret.slice(21)
    expect(isClientSecret(changed)).toBe(false)
    expect(isClientSecret('')).toBe(false)
    expect(isClientSecret(`${secret}x`)).toBe(false)
  })

  it('never comes twice', () => {
    expect(new Set(Array.from({ length: 100 }, createClientSecret)).size).toBe(100)
  })
})
