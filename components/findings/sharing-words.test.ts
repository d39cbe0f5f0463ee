import { expect, it } from 'vitest'
import { toProbabilityWords, toProgramSpans, toSharingStanding } from './sharing-words.ts'

it('never says that it is certain', () => {
  expect([0.0001, 0.423, 0.9999].map(toProbabilityWords)).toEqual(['1\u00a0%', '42\u00a0%', '99\u00a0%'])
})

it('has a word for every probability', () => {
  expect([0.95, 0.5, 0.3, 0.05].map((probability) => toSharingStanding(probability).label)).toEqual([
    'Very likely shared',
    'Likely shared',
    'Possibly shared',
    'Probably one program',
  ])
})

it('puts programs on one axis, and what is short stays visible within it', () => {
  const program = (workload: string, firstAt: string, lastAt: string) => ({
    ...{ workload, addresses: [], count: 1 },
    ...{ firstAt: `2026-01-01T${firstAt}:00Z`, lastAt: `2026-01-01T${lastAt}:00Z` },
  })
  expect(
    toProgramSpans([program('a', '00:00', '10:00'), program('b', '05:00', '10:00'), program('c', '10:00', '10:00')]),
  ).toEqual([
    { workload: 'a', start: 0, width: 100 },
    { workload: 'b', start: 50, width: 50 },
    { workload: 'c', start: 99, width: 1 },
  ])
})
