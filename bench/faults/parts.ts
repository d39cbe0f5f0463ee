import { accountForDecisions } from '../../sdk/test/faults/account-for-decisions.ts'
import type { Findings } from '../../sdk/test/faults/findings.ts'
import { floodWithUnknownKeys } from '../../sdk/test/faults/flood-tokens.ts'
import { besiegeWithSnapshots } from '../../sdk/test/faults/hostile-snapshots.ts'
import { judgeTokens } from '../../sdk/test/faults/judge-tokens.ts'
import { liveThroughOutage } from '../../sdk/test/faults/live-through-outage.ts'
import { startMortalTestPlane } from '../../sdk/test/faults/mortal-test-plane.ts'
import { pollThroughFaults } from '../../sdk/test/faults/poll-through-faults.ts'
import type { SeededRandom } from '../../sdk/test/seeded-random.ts'

export const FORMS = ['short', 'long'] as const
export type Form = (typeof FORMS)[number]
type Part = Readonly<Record<Form, (random: SeededRandom) => Promise<Findings>>>

/** The long form of `outage` needs the product itself, which runs on one Node only: see `outage.ts`. */
async function shortOutage(random: SeededRandom): Promise<Findings> {
  const gateway = await startMortalTestPlane()
  const trial = { random, gateway, reference: null, executable: process.execPath }
  const findings = await liveThroughOutage({
    ...trial,
    requestsPerSecond: 200,
    seconds: 12,
    kills: 20,
    pauseMsMax: 200,
  })
  await gateway.kill()
  return findings
}

/** What runs on each Node that the middleware supports. */
export const PARTS = {
  outage: { short: shortOutage, long: shortOutage },
  snapshots: {
    short: (random) => besiegeWithSnapshots({ random, checked: 10_000, fromNetwork: 400, fromDisk: 400, cutEvery: 1 }),
    long: (random) =>
      besiegeWithSnapshots({ random, checked: 100_000, fromNetwork: 10_000, fromDisk: 10_000, cutEvery: 1 }),
  },
  polling: { short: () => pollThroughFaults({ rounds: 1 }), long: () => pollThroughFaults({ rounds: 5 }) },
  decisions: {
    short: (random) =>
      accountForDecisions({ random, decisions: 50_000, kills: 20, queueSizeMax: 20_000, waitsForDeadline: false }),
    long: (random) =>
      accountForDecisions({ random, decisions: 500_000, kills: 20, queueSizeMax: 20_000, waitsForDeadline: true }),
  },
  tokens: {
    short: (random) => judgeTokens({ random, tokens: 200_000, refusedPerSecondOpinion: 200 }),
    long: (random) => judgeTokens({ random, tokens: 1_000_000, refusedPerSecondOpinion: 50 }),
  },
  flood: {
    short: async (random) => floodWithUnknownKeys({ random, tokens: 10_000 }),
    long: async (random) => floodWithUnknownKeys({ random, tokens: 500_000 }),
  },
} as const satisfies Readonly<Record<string, Part>>

export type PartName = keyof typeof PARTS
export const PART_NAMES = Object.keys(PARTS) as PartName[] // the type has no other keys
