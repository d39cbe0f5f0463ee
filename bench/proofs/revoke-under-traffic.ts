import { systemActor } from '#lib/control/actor.ts'
import { revokeSigningKey } from '#lib/control/signing-key/revoke-signing-key.ts'
import type { Stepgate } from '../../sdk/src/index.ts'
import { Violations, type Findings } from '../../sdk/test/faults/findings.ts'
import type { SeededRandom } from '../../sdk/test/seeded-random.ts'
import { startBalancer } from './balancer.ts'
import type { GatewayPair } from './gateway-pair.ts'
import { introspects } from './introspects.ts'
import {
  askWith,
  CALLED,
  CALLING,
  connect,
  ENVIRONMENT,
  startInstances,
  thingOf,
  type Instance,
  type ProofFleet,
} from './proof-fleet.ts'
import { SteadyPace } from './steady-pace.ts'
import { getToken, type HeldToken } from './token-requests.ts'
import { until } from './until.ts'

const SETTLED_AFTER_MS = 1_500

export interface Revocations {
  readonly pair: GatewayPair
  readonly fleet: ProofFleet
  readonly random: SeededRandom
  readonly revocations: number
  readonly requestsPerSecond: number
  /** Polls are held and answered at once, so that a poll takes next to no time of its own. */
  readonly inForceWithinMs: number
}

interface Refusals {
  count: number
  lastAtMs: number
}

/** Revokes the current token signing key under traffic: its tokens are refused everywhere, and clients get others by themselves. */
export async function revokeUnderTraffic({
  pair,
  fleet,
  random,
  revocations,
  requestsPerSecond,
  inForceWithinMs,
}: Revocations): Promise<Findings> {
  const violations = new Violations()
  const balancer = await startBalancer(pair.urls)
  const instances = await startInstances(fleet, [balancer.url, balancer.url])
  const audiences = Object.fromEntries(instances.all.map(({ url, audience }) => [url, audience]))
  const callers = await Promise.all(CALLING.map((clientId) => connect(fleet, clientId, balancer.url, audiences)))
  const refusals: Refusals = { count: 0, lastAtMs: 0 }
  const pace = new SteadyPace(requestsPerSecond, () =>
    callOnce(random.pick(callers), random.pick(instances.all), refusals),
  )
  let [refusedWorstMs, toldWorstMs, recoveredWorstMs, keptRefused] = [0, 0, 0, 0]
  for (let round = 1; round <= revocations; round++) {
    const stolen = await Promise.all(CALLED.map((audience) => getToken(fleet, balancer.url, 'storefront', audience)))
    const of = ({ audience }: Instance): HeldToken => stolen.find((token) => token.audience === audience) as HeldToken // one for each
    for (const instance of instances.all)
      violations.require(
        (await askWith(instance, of(instance).value)) === 200,
        `round ${String(round)}: not good before`,
      )
    await revokeCurrentKey(pair, fleet, stolen[0]?.keyId ?? '')
    const revokedAtMs = performance.now()
    const sinceThen = async (isSo: () => Promise<boolean>) => (await until(isSo), performance.now() - revokedAtMs)
    const [refused, told] = await Promise.all([
      Promise.all(
        instances.all.map((instance) => sinceThen(async () => (await askWith(instance, of(instance).value)) === 401)),
      ),
      Promise.all(
        pair.urls.map((url) =>
          sinceThen(async () => !(await introspects(url, 'storefront', fleet, stolen[0]?.value ?? ''))),
        ),
      ),
    ])
    refusedWorstMs = Math.max(refusedWorstMs, ...refused)
    toldWorstMs = Math.max(toldWorstMs, ...told)
    await new Promise((resolve) => setTimeout(resolve, SETTLED_AFTER_MS))
    recoveredWorstMs = Math.max(recoveredWorstMs, refusals.lastAtMs - revokedAtMs)
    for (const instance of instances.all) if ((await askWith(instance, of(instance).value)) === 401) keptRefused++
  }
  await pace.stop()
  violations.require(refusedWorstMs <= inForceWithinMs, `a token was good for ${String(refusedWorstMs)} ms more`)
  violations.require(toldWorstMs <= inForceWithinMs, `a gateway called it active for ${String(toldWorstMs)} ms more`)
  violations.require(recoveredWorstMs <= inForceWithinMs, `a client was refused after ${String(recoveredWorstMs)} ms`)
  violations.require(
    keptRefused === revocations * instances.all.length,
    'a token was good again after it had been refused',
  )
  for (const alarm of fleet.alarms.splice(0)) violations.add(alarm)
  await Promise.all(callers.map((caller) => caller.close()))
  await instances.close()
  await balancer.close()
  return {
    figures: {
      'revocations of the current key': revocations,
      requests: pace.begun,
      'refused at every instance within, ms': Math.round(refusedWorstMs),
      'introspected as inactive at both within, ms': Math.round(toldWorstMs),
      'calls of clients refused meanwhile': refusals.count,
      'the last of them after, ms': Math.max(0, Math.round(recoveredWorstMs)),
    },
    violations: violations.list(),
  }
}

async function callOnce(caller: Stepgate, instance: Instance, refusals: Refusals): Promise<void> {
  const status = await caller.fetch(thingOf(instance)).then(
    async (answer) => {
      await answer.body?.cancel()
      return answer.status
    },
    () => 0,
  )
  if (status === 200) return
  refusals.count++
  refusals.lastAtMs = performance.now()
}

async function revokeCurrentKey(
  { control, database }: GatewayPair,
  { fleet: { environmentId } }: ProofFleet,
  keyId: string,
): Promise<void> {
  const { id } = await database.prisma.signingKey.findFirstOrThrow({ where: { environmentId, keyId } })
  await revokeSigningKey(control, systemActor('proofs'), ENVIRONMENT, id, { reason: 'Somebody else may have it.' })
}
