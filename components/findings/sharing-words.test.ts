import { expect, it } from 'vitest'
import { toProgramSpans } from './sharing-words.ts'

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
