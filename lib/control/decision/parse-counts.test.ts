import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { SignatureCounts } from '../../contract/machine.ts'
import { createCountsParser } from './parse-counts.ts'

const parseCounts = createCountsParser()
const isRefused = (counts: object): boolean => parseCounts({ ...counts }) instanceof z.ZodError

const number = fc.oneof(
  fc.integer({ min: -2, max: 5 }),
  fc.constantFrom(
    2_147_483_647,
    2_147_483_648,
    1_000_000_000,
    1_000_000_001,
    2 ** 53 - 1,
    2 ** 53,
    0.5,
    NaN,
    -0,
    '1',
    null,
    undefined,
  ),
)
const digits = (length: number) => fc.stringMatching(new RegExp(`^[0-9]{${length}}$`))
const time = fc.oneof(
  fc
    .date({ min: new Date('1999-12-30'), max: new Date('2101-01-01'), noInvalidDate: true })
    .map((date) => date.toISOString()),
  fc
    .tuple(digits(2), digits(2), digits(2), digits(2), digits(2))
    .map(([month, day, hour, minute, second]) => `2026-${month}-${day}T${hour}:${minute}:${second}.000Z`),
  fc.constantFrom(
    '2026-02-29T00:00:00.000Z',
    '2026-11-27T10:00:00Z',
    '2026-11-27T10:00:00.000+01:00',
    '2026-11-27',
    '',
    5,
    null,
  ),
)
const tokenAges = fc.oneof(fc.constantFrom(null, undefined, 'no'), fc.array(number, { minLength: 16, maxLength: 18 }))

test('what is plain passes as the schema has it, and nothing passes that the schema refuses', () => {
  fc.assert(
    fc.property(fc.record({ revision: number, count: number, firstAt: time, lastAt: time, tokenAges }), (counts) => {
      const [ours, schema] = [parseCounts(counts), SignatureCounts.safeParse(counts)]
      if (!schema.success) {
        expect(ours).toBeInstanceOf(z.ZodError)
        return
      }
      const { firstAt, lastAt } = schema.data
      expect(ours).toEqual({ counts: schema.data, firstAtMs: Date.parse(firstAt), lastAtMs: Date.parse(lastAt) })
    }),
    { numRuns: 3_000 },
  )
})

test('ages pass with as many buckets as there are, of whole numbers', () => {
  const plain = { revision: 1, count: 3, firstAt: '2026-11-27T10:00:00.000Z', lastAt: '2026-11-27T10:00:00.000Z' }
  const ages = Array.from({ length: 17 }, () => 0)
  expect(isRefused({ ...plain, tokenAges: ages })).toBe(false)
  for (const wrong of [ages.slice(1), [...ages, 0], ages.with(3, -1), ages.with(3, 0.5)])
    expect(isRefused({ ...plain, tokenAges: wrong })).toBe(true)
})
