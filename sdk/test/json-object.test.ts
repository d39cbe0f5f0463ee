import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseJsonObject } from '../src/token/json-object.ts'

/** Whole characters, U+FFFD among them, their halves, and bytes that are in no character. */
const pieces = ['a', 'é', '€', '😀', '\ufffd', '\ufeff']
  .map((text) => Buffer.from(text))
  .flatMap((whole) => [whole, whole.subarray(0, 1), whole.subarray(1)])
  .concat(Buffer.from([0xff]), Buffer.from([0xc0, 0x80]), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from([0xf8]))

const textOf = (bytes: Buffer): string | null => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}

it('reads what is UTF-8 as it is, and nothing else, whatever lies behind the end', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 6 }), fc.constantFrom(...pieces), (parts, behind) => {
      const inside = Buffer.concat(parts)
      const bytes = Buffer.concat([Buffer.from('{"text":"'), inside, Buffer.from('"}')])
      const text = textOf(inside)
      const expected = text === null ? null : { text }
      expect(parseJsonObject(bytes)).toEqual(expected)
      expect(parseJsonObject(Buffer.concat([bytes, behind]), bytes.length)).toEqual(expected)
    }),
    { numRuns: 5_000 },
  )
})

it.each(['', '[]', 'null', '1', '"text"', '{', '{}{}', '\ufeff{}'])('reads no object from %j', (text) => {
  expect(parseJsonObject(Buffer.from(text))).toBeNull()
})
