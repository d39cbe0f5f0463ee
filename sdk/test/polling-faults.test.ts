/** Each fault of a poll, told apart by what comes after it. */
import { expect, it } from 'vitest'
import { pollThroughFaults } from './faults/poll-through-faults.ts'

it(
  'never stops polling, never overlaps and is back within an interval, through seventeen faults',
  { timeout: 300_000 },
  async () => {
    const { figures, violations } = await pollThroughFaults({ rounds: 1 })
    expect(violations).toEqual([])
    expect(figures['faults']).toBe(17)
  },
)
