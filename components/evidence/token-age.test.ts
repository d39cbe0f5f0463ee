import { expect, it } from 'vitest'
import { ageThatCovers, toTokenAgePosition, toTokenAgeSentence, usesBeyond } from './token-age.ts'

const AGES = [
  { uptoSeconds: 60, count: 900 },
  { uptoSeconds: 300, count: 99 },
  { uptoSeconds: 900, count: 1 },
  { uptoSeconds: null, count: 0 },
]

it('finds the age that covers almost all use', () => {
  expect(ageThatCovers(AGES, 0.999)).toBe(300)
  expect(ageThatCovers([{ uptoSeconds: null, count: 4 }], 0.999)).toBeNull()
})

it('counts what a limit would refuse', () => {
  expect(usesBeyond(AGES, 300)).toBe(1)
  expect(usesBeyond(AGES, 60)).toBe(100)
})

it('says both in a sentence', () => {
  expect(toTokenAgeSentence(AGES, null)).toBe('99.9 % of use is within 5 min.')
  expect(toTokenAgeSentence(AGES, 60)).toBe(
    '99.9 % of use is within 5 min. 100 requests (10 %) had a token older than 1 min.',
  )
  expect(toTokenAgeSentence(AGES, 900)).toContain('No token was older than 15 min.')
  expect(toTokenAgeSentence([], 900)).toContain('No request')
})

it('puts an age where its bucket ends, and between two edges in between', () => {
  expect([60, 300, 900].map((seconds) => toTokenAgePosition(AGES, seconds))).toEqual([25, 50, 75])
  expect(toTokenAgePosition(AGES, 180)).toBe(37.5)
  expect(toTokenAgePosition(AGES, 30)).toBe(12.5)
  expect(toTokenAgePosition(AGES, 90_000)).toBe(100)
})
