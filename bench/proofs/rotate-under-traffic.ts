import { systemActor } from '#lib/control/actor.ts'
import { countInstancesBehind } from '#lib/control/instance/count-instances-behind.ts'
import { rotateEnvironmentKey } from '#lib/control/signing-key/rotate-environment-key.ts'
import { Violations, type Findings } from '../../sdk/test/faults/findings.ts'
import type { SeededRandom } from '../../sdk/test/seeded-random.ts'
import type { Stepgate } from '../../sdk/src/index.ts'
import { startBalancer } from './balancer.ts'
import type { GatewayPair } from './gateway-pair.ts'
import { bearer, CALLING, connect, ENVIRONMENT, startInstances, thingOf, type ProofFleet } from './proof-fleet.ts'
import { SteadyPace } from './steady-pace.ts'
import { LongHeldTokens } from './token-requests.ts'
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

/**
 * Rotates the token signing key while half of the requests carry a token that its client uses for its whole life, and half are
 * sent by the middleware. Whatever is refused was valid.
 */
export async function rotateUnderTraffic({
  pair,
  fleet,
  random,
  rotations,
  requestsPerSecond,
  pauseMs,
  lingerMs,
}: Rotations): Promise<Findings> {
  const violations = new Violations()
  const balancer = await startBalancer(pair.urls)
  const instances = await startInstances(fleet, [balancer.url, balancer.url])
  const audiences = Object.fromEntries(instances.all.map(({ url, audience }) => [url, audience]))
  const callers = await Promise.all(CALLING.map((clientId) => connect(fleet, clientId, balancer.url, audiences)))
  const tokens = new LongHeldTokens(fleet, pair.urls, Math.min(1_000, pauseMs / 2))
  await tokens.fetch()
  let [outlived, oldestMs, confirmedWorstMs] = [0, 0, 0]

  const judge = async (who: string, answer: Promise<Response>): Promise<void> => {
    const response = await answer.catch((error: unknown) => String(error))
    if (typeof response === 'string') return violations.add(`${who}: ${response}`)
    await response.body?.cancel()
    violations.require(
      response.status === 200,
      `${who}: ${String(response.status)} ${response.headers.get('www-authenticate') ?? ''}`,
    )
  }
  const askOnce = (): Promise<void> => {
    const instance = random.pick(instances.all)
    if (random.below(2) === 0) return judge('the middleware', random.pick(callers).fetch(thingOf(instance)))
    const token = random.pick(tokens.of(instance.audience))
    const ageMs = performance.now() - token.gotAtMs
    oldestMs = Math.max(oldestMs, ageMs)
    if (tokens.isFromBefore(token)) outlived++
    return judge(`a token of ${String(Math.round(ageMs))} ms`, fetch(thingOf(instance), bearer(token.value)))
  }

  const pace = new SteadyPace(requestsPerSecond, askOnce)
  for (let rotation = 0; rotation < rotations; rotation++) {
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
    const startedAtMs = performance.now()
    await until(async () => (await countInstancesBehind(pair.database.prisma, fleet.fleet.environmentId)) === 0)
    confirmedWorstMs = Math.max(confirmedWorstMs, performance.now() - startedAtMs)
    await rotateEnvironmentKey(pair.control, systemActor('proofs'), ENVIRONMENT, { purpose: 'token' })
    const keysBefore = tokens.keyIds.size
    await until(async () => (await tokens.fetch(), tokens.keyIds.size > keysBefore), 100)
  }
  await new Promise((resolve) => setTimeout(resolve, lingerMs))
  await pace.stop()
  tokens.stop()
  for (const failure of tokens.failures) violations.add(failure)
  const denied = countDenied(instances.all.map(({ stepgate }) => stepgate))
  violations.require(denied === 0, `the instances counted ${String(denied)} denials`)
  violations.require(outlived > 0, 'no token outlived the key that signed it')
  violations.require(tokens.keyIds.size === rotations + 1, `clients saw ${String(tokens.keyIds.size)} keys`)
  const middlewareTokens = callers.reduce((sum, caller) => sum + caller.status().tokens.issued, 0)
  for (const alarm of fleet.alarms.splice(0)) violations.add(alarm)
  await Promise.all(callers.map((caller) => caller.close()))
  await instances.close()
  await balancer.close()
  return {
    figures: {
      rotations: rotations,
      requests: pace.begun,
      'of these with a token that outlived its key': outlived,
      'oldest token used, s': Math.round(oldestMs / 1_000),
      'keys that signed tokens': tokens.keyIds.size,
      'tokens the middleware got': middlewareTokens,
      'confirmed by every instance within, ms': Math.round(confirmedWorstMs),
      'valid tokens refused': denied,
    },
    violations: violations.list(),
  }
}

const countDenied = (services: readonly Stepgate[]): number =>
  services
    .flatMap((stepgate) => stepgate.status().decisions)
    .filter(({ outcome }) => outcome === 'denied')
    .reduce((sum, { count }) => sum + count, 0)
