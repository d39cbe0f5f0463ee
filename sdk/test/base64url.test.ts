import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decodeBase64Url } from '../src/token/base64url.ts'

const signs = [
  ...Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'),
  '=',
  '+',
  '/',
  ' ',
  '\n',
  '\t',
  '.',
  '\u0000',
  'é',
  '\u0141',
  '😀',
  '*',
]

it('decodes what encodes back to the same text, and nothing else', () => {
  const text = fc.oneof(
    fc.string({ unit: fc.constantFrom(...signs), maxLength: 12 }),
    fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
    fc
      .tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.nat(), fc.constantFrom(...signs))
      .map(([bytes, place, sign]) => {
        const encoded = Buffer.from(bytes).toString('base64url')
        const index = place % (encoded.length + 1)
        return encoded.slice(0, index) + sign + encoded.slice(index + (place % 2))
      }),
  )
  fc.assert(
    fc.property(text, (candidate) => {
      const isCanonical = candidate !== '' && Buffer.from(candidate, 'base64url').toString('base64url') === candidate
      expect(decodeBase64Url(candidate)?.toString('base64url') ?? null).toBe(isCanonical ? candidate : null)
    }),
    { numRuns: 20_000 },
  )
})
