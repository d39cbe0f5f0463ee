/** Configurations that must not be taken, by what was done to them. */
import { createHmac } from 'node:crypto'
import { serializeSnapshot } from '../../../lib/policy/serialize-snapshot.ts'
import type { Snapshot } from '../../../lib/policy/snapshot.ts'
import type { TestControlPlane } from '../control-plane.ts'
import type { SeededRandom } from '../seeded-random.ts'
import { encodePart, makeConfigKey, signSnapshot, type ConfigSigningKey } from '../signing.ts'

export interface HostileSnapshot {
  readonly body: Buffer
  readonly signatures: string
}

/** What an attacker has: the configuration in force, a key of its own, and what the control plane signs for others. */
export interface AttackScene {
  readonly plane: TestControlPlane
  readonly strangerKey: ConfigSigningKey
}

type Attack = (random: SeededRandom, scene: AttackScene) => HostileSnapshot

export const stageAttack = (plane: TestControlPlane): AttackScene => ({ plane, strangerKey: makeConfigKey() })

export function flipBits(random: SeededRandom, bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes)
  for (let count = random.below(3); count >= 0; count--) {
    const index = random.below(copy.length)
    copy[index] = (copy[index] ?? 0) ^ (1 << random.below(8))
  }
  return copy
}

/** What an attacker would like: newer, and with everything open. */
const opened = ({ snapshot }: TestControlPlane, change: Partial<Snapshot> = {}): Buffer =>
  Buffer.from(
    serializeSnapshot({
      ...snapshot,
      revision: snapshot.revision + 1,
      endpoints: snapshot.endpoints.map((endpoint) => ({ ...endpoint, mode: 'off' as const })),
      ...change,
    }),
  )

const sealed = (body: Buffer, key: ConfigSigningKey, header: object = {}): HostileSnapshot => ({
  body,
  signatures: signSnapshot(key, body, header),
})

function macByPin({ configKey }: TestControlPlane, body: Buffer): string {
  const header = encodePart({ alg: 'HS256', kid: configKey.keyId, typ: 'stepgate-snapshot', b64: false, crit: ['b64'] })
  return `${header}..${createHmac('sha256', configKey.pin).update(`${header}.`).update(body).digest('base64url')}`
}

const HEADERS: readonly object[] = [
  ...['none', 'HS256', 'RS256', 'ES256', 'Ed25519', 'eddsa', '', null].map((alg) => ({ alg })),
  ...['at+jwt', 'JWT', null, 'STEPGATE-SNAPSHOT'].map((typ) => ({ typ })),
  ...[{ b64: true }, { b64: undefined }, { b64: 'false' }, { crit: [] }, { crit: ['b64', 'exp'] }, { crit: 'b64' }],
  ...[{ crit: undefined }, { kid: undefined }, { kid: null }, { kid: 'x' }, { kid: '__proto__' }],
]

/** Those that any copy can be subject to, from the network or from disk, at any time. */
export const FORGED_SNAPSHOTS: Readonly<Record<string, Attack>> = {
  'bits of the body flipped': (random, { plane: { signed } }) => ({
    body: flipBits(random, signed.body),
    signatures: signed.signature,
  }),
  'bits of the signature flipped': (random, { plane: { signed } }) => ({
    body: signed.body,
    signatures: flipBits(random, Buffer.from(signed.signature)).toString('latin1'),
  }),
  'no signature': (random, { plane }) => ({
    body: random.pick([plane.signed.body, opened(plane)]),
    signatures: random.pick(['', '..', ',', ' ', '.', plane.signed.signature.split('.')[0] ?? '']),
  }),
  'the signature of other bytes': (_random, { plane }) => ({ body: opened(plane), signatures: plane.signed.signature }),
  'another algorithm': (random, { plane }) =>
    random.next() < 0.3
      ? { body: opened(plane), signatures: macByPin(plane, opened(plane)) }
      : sealed(opened(plane), plane.configKey, random.pick(HEADERS)),
  'another key': (random, { plane, strangerKey }) =>
    sealed(opened(plane), random.next() < 0.5 ? strangerKey : { ...strangerKey, keyId: plane.configKey.keyId }),
  'the configuration of another service': (random, { plane }) =>
    sealed(opened(plane, { service: random.pick(['payments', 'Orders', 'orders ', 'orders/']) }), plane.configKey),
  'the configuration of another environment': (_random, { plane, strangerKey }) =>
    sealed(opened(plane, { environment: 'staging' }), strangerKey),
}

/** Those that only show beside the configuration that is in force. */
export const MISPLACED_SNAPSHOTS: Readonly<Record<string, Attack>> = {
  'another environment under a key that is pinned': (random, { plane }) =>
    sealed(opened(plane, { environment: random.pick(['staging', 'Production']) }), plane.configKey),
  'an older revision': (random, { plane }) =>
    sealed(opened(plane, { revision: random.below(plane.snapshot.revision) }), plane.configKey),
  'the same revision with other content': (random, { plane }) =>
    sealed(
      opened(plane, {
        revision: plane.snapshot.revision,
        publishedAt: `2026-11-24T00:00:${String(random.below(60)).padStart(2, '0')}Z`,
      }),
      plane.configKey,
    ),
}

/** A separator in the right place leaves a whole signature beside rubbish, which is no forgery. */
export const isUnharmed = ({ body, signatures }: HostileSnapshot, { plane: { signed } }: AttackScene): boolean =>
  body.equals(signed.body) && signatures.split(',').some((part) => part.trim() === signed.signature)
