import { systemActor } from '#lib/control/actor.ts'
import { revokeSigningKey } from '#lib/control/signing-key/revoke-signing-key.ts'
import type { Stepgate } from '../../sdk/src/index.ts'
import { Violations, type Findings } from '../../sdk/test/faults/findings.ts'
import type { SeededRandom } from '../../sdk/test/seeded-random.ts'
import type { GatewayPair } from './gateway-pair.ts'
import { introspects } from './introspects.ts'
import { askWith, CALLED, CALLING, ENVIRONMENT, thingOf, type Instance, type ProofFleet } from './proof-fleet.ts'
import { SteadyPace } from './steady-pace.ts'
import { getToken, type HeldToken } from './token-requests.ts'
import { openTrafficStage, type TrafficStage } from './traffic-stage.ts'
import { until } from './until.ts'

const SETTLED_AFTER_MS = 1_500
const OWNER = CALLING[0]

export interface Revocations {
  readonly pair: GatewayPair
  readonly fleet: ProofFleet
  readonly random: SeededRandom
  readonly revocations: number
  readonly requestsPerSecond: number
  /** Polls are held and answered at once, so that a poll takes next to no time of its own. */
  readonly inForceWithinMs: number
}

/** Calls of clients that were refused: they hold tokens of the revoked key, or get others in time. */
interface Refusals {
  count: number
  lastAtMs: number
}

/** What one revocation took, in milliseconds after its commit. */
interface Took {
  readonly refusedMs: number
  readonly introspectedMs: number
  readonly recoveredMs: number
}

/** Revokes the current token signing key under traffic: its tokens are refused everywhere, and clients get others by themselves. */
export async function revokeUnderTraffic(trial: Revocations): Promise<Findings> {
  const { pair, fleet, random, revocations, requestsPerSecond, inForceWithinMs } = trial
  const violations = new Violations()
  const stage = await openTrafficStage(pair, fleet)
  const refusals: Refusals = { count: 0, lastAtMs: 0 }
  const callOne = () => callOnce(random.pick(stage.callers), random.pick(stage.instances), refusals)
  const pace = new SteadyPace(requestsPerSecond, callOne)
  const rounds: Took[] = []
  for (let round = 0; round < revocations; round++) rounds.push(await revokeOnce(trial, stage, refusals, violations))
  await pace.stop()
  for (const alarm of fleet.alarms.splice(0)) violations.add(alarm)
  await stage.close()
  const worst = (of: keyof Took): number => Math.round(Math.max(...rounds.map((took) => took[of])))
  const figures = {
    'revocations of the current key': revocations,
    requests: pace.begun,
    'refused at every instance within, ms': worst('refusedMs'),
    'introspected as inactive at both within, ms': worst('introspectedMs'),
    'calls of clients refused meanwhile': refusals.count,
    'the last of them after, ms': worst('recoveredMs'),
  }
  for (const [name, value] of Object.entries(figures).filter(([name]) => name.endsWith('ms')))
    violations.require(value <= inForceWithinMs, `${name}: ${String(value)}`)
  return { figures, violations: violations.list() }
}

async function revokeOnce(
  { pair, fleet }: Revocations,
  stage: TrafficStage,
  refusals: Refusals,
  violations: Violations,
): Promise<Took> {
  const stolen = await Promise.all(CALLED.map((audience) => getToken(fleet, stage.url, OWNER, audience)))
  const isTaken = async (instance: Instance): Promise<boolean> => {
    const token = stolen.find(({ audience }) => audience === instance.audience) as HeldToken // one for each
    return (await askWith(instance, token.value)) === 200
  }
  const before = await Promise.all(stage.instances.map(isTaken))
  violations.require(!before.includes(false), 'a token was refused before its key was revoked')
  const [{ keyId, value }] = stolen as [HeldToken, ...HeldToken[]] // one for each audience
  await revokeKey(pair, fleet, keyId)
  const revokedAtMs = performance.now()
  const untilNot = async (isSo: () => Promise<boolean>): Promise<number> => {
    await until(async () => !(await isSo()))
    return performance.now() - revokedAtMs
  }
  const [refused, introspected] = await Promise.all([
    Promise.all(stage.instances.map((instance) => untilNot(() => isTaken(instance)))),
    Promise.all(pair.urls.map((url) => untilNot(() => introspects(url, OWNER, fleet, value)))),
  ])
  await new Promise((resolve) => setTimeout(resolve, SETTLED_AFTER_MS))
  const after = await Promise.all(stage.instances.map(isTaken))
  violations.require(!after.includes(true), 'a token was good again after it had been refused')
  return {
    refusedMs: Math.max(...refused),
    introspectedMs: Math.max(...introspected),
    recoveredMs: Math.max(0, refusals.lastAtMs - revokedAtMs),
  }
}

async function callOnce(caller: Stepgate, instance: Instance, refusals: Refusals): Promise<void> {
  const answer = await caller.fetch(thingOf(instance)).catch(() => null)
  await answer?.body?.cancel()
  if (answer?.status === 200) return
  refusals.count++
  refusals.lastAtMs = performance.now()
}

async function revokeKey(
  { control, database }: GatewayPair,
  { fleet: { environmentId } }: ProofFleet,
  keyId: string,
): Promise<void> {
  const { id } = await database.prisma.signingKey.findFirstOrThrow({ where: { environmentId, keyId } })
  await revokeSigningKey(control, systemActor('proofs'), ENVIRONMENT, id, { reason: 'Somebody else may have it.' })
}
