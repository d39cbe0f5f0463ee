import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeAsciiInto, decodeBase64Url } from '../src/token/base64url.ts'

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

const isCanonical = (candidate: string): boolean =>
  candidate !== '' && Buffer.from(candidate, 'base64url').toString('base64url') === candidate

it('decodes what encodes back to the same text, and nothing else', () => {
  fc.assert(
    fc.property(text, (candidate) => {
      expect(decodeBase64Url(candidate)?.toString('base64url') ?? null).toBe(isCanonical(candidate) ? candidate : null)
    }),
    { numRuns: 20_000 },
  )
})

describe('into memory that is there', () => {
  const memory = Buffer.alloc(64)
  const decodeInto = (candidate: string): string | null => {
    const length = decodeAsciiInto(memory, candidate)
    return length === null ? null : memory.toString('base64url', 0, length)
  }

  it('decodes of ASCII what encodes back to the same text, and nothing else', () => {
    const ascii = text.filter((candidate) => Buffer.byteLength(candidate) === candidate.length)
    fc.assert(
      fc.property(ascii, (candidate) => {
        expect(decodeInto(candidate)).toBe(isCanonical(candidate) ? candidate : null)
      }),
      { numRuns: 20_000 },
    )
  })

  it('takes every character of ASCII, at every place, for what it is', () => {
    for (const whole of ['QUJD', 'QUJDRA', 'QUJDREU', 'QUJDREVG'])
      for (let place = 0; place < whole.length; place++)
        for (let code = 0; code < 128; code++) {
          const candidate = whole.slice(0, place) + String.fromCharCode(code) + whole.slice(place + 1)
          expect([candidate, decodeInto(candidate)]).toEqual([candidate, isCanonical(candidate) ? candidate : null])
        }
  })

  it('decodes nothing that may not fit', () => {
    expect(decodeAsciiInto(memory, 'A'.repeat(64))).toBe(48)
    expect(decodeAsciiInto(memory, 'A'.repeat(68))).toBeNull()
  })
})
