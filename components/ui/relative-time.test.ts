import { expect, it } from 'vitest'
import { toRelativeTime } from './relative-time.tsx'

const now = Date.parse('2026-03-01T12:00:00Z')
const at = (secondsAgo: number) => new Date(now - secondsAgo * 1_000).toISOString()

it.each([
  [3, 'just now'],
  [45, '45 s ago'],
  [180, '3 min ago'],
  [7_200, '2 h ago'],
  [3 * 86_400, '3 d ago'],
  [-3_600, 'in 1 h'],
  [40 * 86_400, '20 Jan 2026'],
])('%d seconds ago reads as %s', (secondsAgo, words) => {
  expect(toRelativeTime(at(secondsAgo), now)).toBe(words)
})
