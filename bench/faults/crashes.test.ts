import { expect, test } from 'vitest'
import { SeededRandom } from '../../sdk/test/seeded-random.ts'
import { liveThroughCrashes } from './crashes.ts'

test('what was acknowledged is stored, and once, whatever is killed meanwhile', async () => {
  const random = new SeededRandom()
  const { figures, violations } = await liveThroughCrashes({ random, crashes: 3, gatewayEvery: 3 })
  expect(violations, `seed ${String(random.seed)}`).toEqual([])
  expect(figures['batches acknowledged']).toBeGreaterThan(20)
}, 180_000)
