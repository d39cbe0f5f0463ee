import type { Findings } from '../../sdk/test/faults/findings.ts'
import { SeededRandom } from '../../sdk/test/seeded-random.ts'
import { changeEverywhere } from './change-everywhere.ts'
import { claimAtOnce } from './claim-at-once.ts'
import { startPairOfProcesses, type MortalGatewayPair } from './gateway-pair.ts'
import { createProofFleet, type ProofFleet } from './proof-fleet.ts'
import { refreshAtOnce, refreshThroughKills } from './refresh-at-once.ts'
import { revokeUnderTraffic } from './revoke-under-traffic.ts'
import { rotateUnderTraffic } from './rotate-under-traffic.ts'

const TOKEN_LIFETIME_SECONDS = 30

export interface Stage {
  readonly pair: MortalGatewayPair
  readonly fleet: ProofFleet
  readonly random: SeededRandom
}

/** What each part proves, at length, with two gateways in processes of their own. */
export const PARTS = {
  rotations: (stage) =>
    rotateUnderTraffic({ ...stage, rotations: 20, requestsPerSecond: 100, pauseMs: 4_000, lingerMs: 30_000 }),
  revocations: (stage) =>
    revokeUnderTraffic({ ...stage, revocations: 5, requestsPerSecond: 100, inForceWithinMs: 1_050 }),
  'one-time': (stage) => claimAtOnce({ ...stage, rounds: 40, parallel: 50 }),
  refreshes: (stage) => refreshAtOnce({ ...stage, rounds: 200, parallel: 50 }),
  kills: (stage) => refreshThroughKills({ ...stage, rounds: 20, parallel: 50 }),
  changes: (stage) => changeEverywhere({ ...stage, rounds: 20, inForceWithinMs: 1_000 }),
} as const satisfies Readonly<Record<string, (stage: Stage) => Promise<Findings>>>

export type PartName = keyof typeof PARTS
export const PART_NAMES = Object.keys(PARTS) as PartName[] // the type has no other keys

/** Runs a part on a fresh installation. */
export async function runPart(name: PartName, random: SeededRandom): Promise<Findings> {
  const pair = await startPairOfProcesses()
  try {
    const fleet = await createProofFleet(pair.database, TOKEN_LIFETIME_SECONDS)
    return await PARTS[name]({ pair, fleet, random })
  } finally {
    await pair.close()
  }
}
