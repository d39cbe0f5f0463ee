/** The short forms of the proofs, with both gateways in this process; the long ones are `npm run proofs`. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '#lib/store/test-database.ts'
import { SeededRandom } from '../../sdk/test/seeded-random.ts'
import { changeEverywhere } from './change-everywhere.ts'
import { claimAtOnce } from './claim-at-once.ts'
import { startPairHere, type GatewayPair } from './gateway-pair.ts'
import { createProofFleet, type ProofFleet } from './proof-fleet.ts'
import { refreshAtOnce } from './refresh-at-once.ts'
import { revokeUnderTraffic } from './revoke-under-traffic.ts'
import { rotateUnderTraffic } from './rotate-under-traffic.ts'

/** While everything else is tested at the same time. */
const IN_FORCE_WITHIN_MS = 10_000

let database: TestDatabase
let pair: GatewayPair
let fleet: ProofFleet
const random = new SeededRandom()

beforeAll(async () => {
  database = await createTestDatabase()
  fleet = await createProofFleet(database, 300)
  pair = await startPairHere(database)
})
afterAll(async () => {
  await pair.close()
  await database.close()
})

it('what is changed at one gateway is in force at both', async () => {
  const { violations } = await changeEverywhere({ pair, fleet, rounds: 1, inForceWithinMs: IN_FORCE_WITHIN_MS })
  expect(violations).toEqual([])
})

it('rotating the token key refuses no valid token', async () => {
  const short = { rotations: 2, requestsPerSecond: 30, pauseMs: 400, lingerMs: 100 }
  const { figures, violations } = await rotateUnderTraffic({ pair, fleet, random, ...short })
  expect(violations, `seed ${random.seed}`).toEqual([])
  expect(figures).toMatchObject({ 'valid tokens refused': 0, 'keys that signed tokens': 3 })
})

it('revoking the token key ends its tokens everywhere, and clients recover', async () => {
  const short = { revocations: 1, requestsPerSecond: 20, inForceWithinMs: IN_FORCE_WITHIN_MS }
  expect((await revokeUnderTraffic({ pair, fleet, random, ...short })).violations, `seed ${random.seed}`).toEqual([])
})

it('an assertion and a proof are good once at both gateways', async () => {
  const { figures, violations } = await claimAtOnce({ pair, fleet, rounds: 2, parallel: 20 })
  expect(violations).toEqual([])
  expect(figures).toMatchObject({ 'assertions accepted': 2, 'proofs accepted': 2 })
})

it('a refresh token has one successor at both gateways, and its reuse ends the session at both', async () => {
  const { figures, violations } = await refreshAtOnce({ pair, fleet, rounds: 3, parallel: 20 })
  expect(violations).toEqual([])
  expect(figures).toMatchObject({ 'with exactly one successor': 3, 'ended by the reuse, at both': 3 })
})
