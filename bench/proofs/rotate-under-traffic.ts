import { setTimeout as sleep } from 'node:timers/promises'
import { systemActor } from '#lib/control/actor.ts'
import { countInstancesBehind } from '#lib/control/instance/count-instances-behind.ts'
import { rotateEnvironmentKey } from '#lib/control/signing-key/rotate-environment-key.ts'
import { Violations, type Findings } from '../../sdk/test/faults/findings.ts'
import type { SeededRandom } from '../../sdk/test/seeded-random.ts'
import type { GatewayPair } from './gateway-pair.ts'
import { JudgedRequests } from './judged-requests.ts'
import { ENVIRONMENT, type Instance, type ProofFleet } from './proof-fleet.ts'
import { SteadyPace } from './steady-pace.ts'
import { LongHeldTokens } from './token-requests.ts'
import { openTrafficStage } from './traffic-stage.ts'
import { until } from './until.ts'

export interface Rotations {
  readonly pair: GatewayPair
  readonly fleet: ProofFleet
  readonly random: SeededRandom
  readonly rotations: number
  readonly requestsPerSecond: number
  /** Between two rotations at least. */
  readonly pauseMs: number
  /** After the last one: the age to which tokens are used in the end. */
  readonly lingerMs: number
}

const TOKENS_EVERY_MS = 1_000

/** Rotates the token signing key under traffic. Whatever is refused was valid. */
export async function rotateUnderTraffic(trial: Rotations): Promise<Findings> {
  const { pair, fleet, random, rotations, requestsPerSecond, lingerMs } = trial
  const violations = new Violations()
  const stage = await openTrafficStage(pair, fleet)
  const tokens = new LongHeldTokens(fleet, pair.urls, TOKENS_EVERY_MS)
  await tokens.fetch()
  const requests = new JudgedRequests(stage, tokens, random, violations)
  const pace = new SteadyPace(requestsPerSecond, () => requests.sendOne())
  const endTraffic = async (): Promise<void> => {
    tokens.stop()
    await pace.stop()
  }
  const confirmedWorstMs = await rotateRepeatedly(trial, tokens).catch(async (error: unknown) => {
    await endTraffic()
    throw error
  })
  await sleep(lingerMs)
  await endTraffic()
  const denied = countDenied(stage.instances)
  for (const sentence of [...tokens.failures, ...fleet.alarms.splice(0)]) violations.add(sentence)
  violations.require(denied === 0, `the instances counted ${String(denied)} denials`)
  violations.require(requests.outlived > 0, 'no token outlived the key that signed it')
  violations.require(tokens.keyIds.size === rotations + 1, `clients saw ${String(tokens.keyIds.size)} keys`)
  await stage.close()
  return {
    figures: {
      rotations: rotations,
      requests: pace.begun,
      'of these with a token that outlived its key': requests.outlived,
      'oldest token used, s': Math.round(requests.oldestMs / 1_000),
      'keys that signed tokens': tokens.keyIds.size,
      'next key confirmed by every instance within, ms': Math.round(confirmedWorstMs),
      'valid tokens refused': denied,
    },
    violations: violations.list(),
  }
}

/** The most milliseconds it took until every instance confirmed the next key. */
async function rotateRepeatedly(
  { pair, fleet, rotations, pauseMs }: Rotations,
  tokens: LongHeldTokens,
): Promise<number> {
  const areAllReady = async () => (await countInstancesBehind(pair.database.prisma, fleet.fleet.environmentId)) === 0
  let worstMs = 0
  for (let rotation = 1; rotation <= rotations; rotation++) {
    await sleep(pauseMs)
    worstMs = Math.max(worstMs, await until(areAllReady))
    await rotateEnvironmentKey(pair.control, systemActor('proofs'), ENVIRONMENT, { purpose: 'token' })
    await until(() => signsWithAnotherKey(tokens, rotation + 1), 100)
  }
  return worstMs
}

async function signsWithAnotherKey(tokens: LongHeldTokens, keys: number): Promise<boolean> {
  await tokens.fetch()
  return tokens.keyIds.size === keys
}

const countDenied = (instances: readonly Instance[]): number =>
  instances
    .flatMap(({ stepgate }) => stepgate.status().decisions)
    .filter(({ outcome }) => outcome === 'denied')
    .reduce((sum, { count }) => sum + count, 0)
