import { systemActor } from '#lib/control/actor.ts'
import { revokeCredential } from '#lib/control/credential/revoke-credential.ts'
import { updateIdentitySetting } from '#lib/control/identity/update-identity-setting.ts'
import { revokeSigningKey } from '#lib/control/signing-key/revoke-signing-key.ts'
import { rotateEnvironmentKey } from '#lib/control/signing-key/rotate-environment-key.ts'
import { createSecret, publish, requestToken } from '#server/gateway/testing/gateway-fixture.ts'
import { Violations, type Findings } from '../../sdk/test/faults/findings.ts'
import { quantile } from '../statistics.ts'
import type { GatewayPair } from './gateway-pair.ts'
import { introspects } from './introspects.ts'
import { nextAddress } from './next-address.ts'
import { CALLED, ENVIRONMENT, PARTNER, type ProofFleet } from './proof-fleet.ts'
import { keyIdOf } from './token-requests.ts'
import { until } from './until.ts'

export interface Changes {
  readonly pair: GatewayPair
  readonly fleet: ProofFleet
  /** Of each change. */
  readonly rounds: number
  readonly inForceWithinMs: number
}

const LOOK_EVERY_MS = 5
const actor = systemActor('proofs')
/** What the partner is answered. */
const ask = (url: string, secret: string) =>
  requestToken(
    url,
    { grant_type: 'client_credentials', client_id: PARTNER, client_secret: secret, resource: CALLED[0] },
    nextAddress(),
  )

/** The milliseconds until something is so at the last of both gateways. */
const untilAtBoth = async ({ urls }: GatewayPair, isSo: (url: string) => Promise<boolean>): Promise<number> =>
  Math.max(...(await Promise.all(urls.map((url) => until(() => isSo(url), LOOK_EVERY_MS)))))

/** Makes a change, and tells what is so at a gateway that knows it. */
type Change = (pair: GatewayPair, fleet: ProofFleet) => Promise<(url: string) => Promise<boolean>>

const setDisabled = async ({ control, database }: GatewayPair, disabled: boolean): Promise<void> => {
  const where = { identity: { clientId: PARTNER } }
  const { version } = await database.prisma.identitySetting.findFirstOrThrow({ where })
  await updateIdentitySetting(control, actor, ENVIRONMENT, PARTNER, version, { disabled, reason: 'A proof.' })
}

const disableIdentity: Change = async (pair, { secrets }) => {
  const secret = secrets[PARTNER] ?? ''
  await setDisabled(pair, false)
  await untilAtBoth(pair, async (url) => (await ask(url, secret)).status === 200)
  await setDisabled(pair, true)
  return async (url) => (await ask(url, secret)).status === 401
}

const revokeSecret: Change = async (pair, { fleet: { environmentId } }) => {
  const { database, control } = pair
  const secret = await createSecret(database, environmentId, PARTNER)
  await publish(database, environmentId)
  await untilAtBoth(pair, async (url) => (await ask(url, secret)).status === 200)
  const { id } = await database.prisma.credential.findFirstOrThrow({
    where: { identity: { clientId: PARTNER }, secretHint: secret.slice(-4), revokedAt: null },
    orderBy: { createdAt: 'desc' },
  })
  await revokeCredential(control, actor, ENVIRONMENT, id)
  return async (url) => (await ask(url, secret)).status === 401
}

const tokenOf = async (url: string, { secrets }: ProofFleet): Promise<string> =>
  String((await ask(url, secrets[PARTNER] ?? '')).body['access_token'])

const rotateKey: Change = async ({ urls, control }, fleet) => {
  const before = keyIdOf(await tokenOf(urls[0], fleet))
  await rotateEnvironmentKey(control, actor, ENVIRONMENT, { purpose: 'token' })
  return async (url) => keyIdOf(await tokenOf(url, fleet)) !== before
}

const revokeKey: Change = async ({ urls, control, database }, fleet) => {
  const token = await tokenOf(urls[0], fleet)
  const where = { environmentId: fleet.fleet.environmentId, keyId: keyIdOf(token) }
  const { id } = await database.prisma.signingKey.findFirstOrThrow({ where })
  await revokeSigningKey(control, actor, ENVIRONMENT, id, { reason: 'A proof.' })
  return async (url) =>
    !(await introspects(url, PARTNER, fleet, token)) && keyIdOf(await tokenOf(url, fleet)) !== keyIdOf(token)
}

const CHANGES: Readonly<Record<string, Change>> = {
  'an identity disabled': disableIdentity,
  'a secret revoked': revokeSecret,
  'a key rotated': rotateKey,
  'a key revoked': revokeKey,
}

/** Each change over and over, and how long the slower gateway needs to know it after the commit. */
export async function changeEverywhere({ pair, fleet, rounds, inForceWithinMs }: Changes): Promise<Findings> {
  const violations = new Violations()
  const figures: Record<string, number> = { 'rounds of each': rounds }
  for (const [name, change] of Object.entries(CHANGES)) {
    const tookMs: number[] = []
    for (let round = 0; round < rounds; round++) tookMs.push(await untilAtBoth(pair, await change(pair, fleet)))
    if (change === disableIdentity) await enableAgain(pair, fleet)
    const worst = Math.max(...tookMs)
    figures[`${name}: in force at both, median ms`] = Math.round(quantile(tookMs, 0.5))
    figures[`${name}: worst ms`] = Math.round(worst)
    violations.require(worst <= inForceWithinMs, `${name}: in force after ${String(Math.round(worst))} ms only`)
  }
  return { figures, violations: violations.list() }
}

async function enableAgain(pair: GatewayPair, { secrets }: ProofFleet): Promise<void> {
  await setDisabled(pair, false)
  await untilAtBoth(pair, async (url) => (await ask(url, secrets[PARTNER] ?? '')).status === 200)
}
