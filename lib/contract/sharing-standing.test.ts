import { expect, it } from 'vitest'
import { SHARING_WORDS, toProbabilityWords, toSharingStanding } from './sharing-standing.ts'

it('never says that it is certain', () => {
  expect([0.0001, 0.423, 0.9999].map(toProbabilityWords)).toEqual(['1\u00a0%', '42\u00a0%', '99\u00a0%'])
})

it('has a word for every probability', () => {
  expect([0.95, 0.5, 0.3, 0.05].map((probability) => SHARING_WORDS[toSharingStanding(probability)])).toEqual([
    'Very likely shared',
    'Likely shared',
    'Possibly shared',
    'Probably one program',
  ])
})
