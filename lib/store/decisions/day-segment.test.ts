import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeDay, encodeDay } from './day-segment.ts'

const HOURS = 24
const AGES = 17

const day = fc
  .record({
    rows: fc.integer({ min: 0, max: 5 }),
    largest: fc.constantFrom(1, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1),
  })
  .chain(({ rows, largest }) => {
    const numbers = (length: number) =>
      fc.array(fc.nat({ max: Math.min(largest, 2 ** 31 - 1) }), { minLength: length, maxLength: length })
    return fc.record({
      hoursPerSlot: fc.constant(1 as const),
      signatureIds: numbers(rows).map((ids) => Float64Array.from(ids, (id) => id + 2 ** 40)),
      slots: numbers(rows * HOURS).map((counts) =>
        Float64Array.from(counts, (count, index) => (index === 0 ? largest : count)),
      ),
      ages: numbers(rows * AGES).map((counts) => Float64Array.from(counts)),
      hasAges: fc.uint8Array({ minLength: rows, maxLength: rows, max: 1 }),
    })
  })

test('a day is read as it was written, by the hour and by three hours', () => {
  fc.assert(
    fc.property(day, (written) => {
      const body = encodeDay(written)
      const [byHour, bySlot] = [decodeDay(body, 1), decodeDay(body, 3)]
      for (const read of [byHour, bySlot]) {
        expect([...(read?.signatureIds ?? [])]).toEqual([...written.signatureIds])
        expect([...(read?.ages ?? [])]).toEqual([...written.ages])
        expect([...(read?.hasAges ?? [])]).toEqual([...written.hasAges])
      }
      expect([...(byHour?.slots ?? [])]).toEqual([...written.slots])
      expect(bySlot?.slots.length).toBe(written.slots.length / 3)
      bySlot?.slots.forEach((count, slot) =>
        expect(count).toBe(written.slots.subarray(slot * 3, slot * 3 + 3).reduce((sum, each) => sum + each, 0)),
      )
    }),
  )
})

test('what is of another layout, or cut off, is not read', () => {
  const body = encodeDay({
    hoursPerSlot: 1,
    signatureIds: Float64Array.of(1),
    slots: new Uint32Array(HOURS).fill(3),
    ages: new Uint32Array(AGES),
    hasAges: Uint8Array.of(0),
  })
  const plain = zstdDecompressSync(body)
  const changed = (at: number, value: number): Buffer => {
    const other = Buffer.from(plain)
    other.writeUInt32LE(value, at)
    return zstdCompressSync(other)
  }
  expect(decodeDay(body, 1)).not.toBeNull()
  for (const [at, value] of [
    [0, 2],
    [4, 2],
    [8, 3],
    [12, 8],
  ] as const)
    expect(decodeDay(changed(at, value), 1)).toBeNull()
  expect(decodeDay(zstdCompressSync(plain.subarray(0, -8)), 1)).toBeNull()
})
