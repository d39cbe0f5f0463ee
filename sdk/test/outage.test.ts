/** Services on each framework, as processes of their own, while their control plane comes and goes. */
import { expect, it } from 'vitest'
import { liveThroughOutage } from './faults/live-through-outage.ts'
import { startMortalTestPlane } from './faults/mortal-test-plane.ts'
import { SeededRandom } from './seeded-random.ts'

it(
  'decides every request rightly while the control plane is killed 20 times and away for a third of the time',
  { timeout: 300_000 },
  async () => {
    const random = new SeededRandom()
    const gateway = await startMortalTestPlane()
    const { figures, violations } = await liveThroughOutage({
      random,
      gateway,
      reference: null,
      executable: process.execPath,
      requestsPerSecond: 200,
      seconds: 10,
      kills: 20,
      pauseMsMax: 200,
    })
    await gateway.kill()
    expect(violations, `seed ${String(random.seed)}`).toEqual([])
    expect(figures['kills']).toBe(21)
    expect(figures['generated']).toBeGreaterThan(5_000)
  },
)
