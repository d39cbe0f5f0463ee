/** Thousands of configurations that were tampered with, over the network and on disk: none is taken, none does harm. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { acceptSnapshot } from '../../src/config/accept-snapshot.ts'
import type { Stepgate } from '../../src/index.ts'
import { parseSettings } from '../../src/settings.ts'
import { CLIENT_ID, TestControlPlane } from '../control-plane.ts'
import { connect, endpoint } from '../fixtures.ts'
import type { SeededRandom } from '../seeded-random.ts'
import { Violations, type Findings } from './findings.ts'
import { inParallel } from './in-parallel.ts'
import {
  FORGED_SNAPSHOTS,
  isUnharmed,
  MISPLACED_SNAPSHOTS,
  stageAttack,
  type AttackScene,
  type HostileSnapshot,
} from './snapshot-attacks.ts'

export interface SnapshotTrial {
  readonly random: SeededRandom
  /** Judged by the check alone. */
  readonly checked: number
  /** Answered to a running middleware that polls. */
  readonly fromNetwork: number
  /** Found on disk by a middleware that starts while the control plane is away. */
  readonly fromDisk: number
  /** The copy on disk is cut off at every one of so many bytes, 1 for each there is. */
  readonly cutEvery: number
}

interface NamedAttack extends HostileSnapshot {
  readonly name: string
}

const AT_ONCE = 8
const FILE = `stepgate-${CLIENT_ID}.snapshot`
const REVISION = 7
const NOWHERE = 'http://127.0.0.1:1'

const toFile = ({ body, signatures }: HostileSnapshot): Buffer =>
  Buffer.concat([Buffer.from(`${signatures.replaceAll('\n', '')}\n`, 'latin1'), body])

function makeAttacks(random: SeededRandom, scene: AttackScene, count: number, isBesideCurrent: boolean): NamedAttack[] {
  const kinds = Object.entries(isBesideCurrent ? { ...FORGED_SNAPSHOTS, ...MISPLACED_SNAPSHOTS } : FORGED_SNAPSHOTS)
  const attacks: NamedAttack[] = []
  while (attacks.length < count) {
    const [name, attack] = kinds[attacks.length % kinds.length] ?? random.pick(kinds)
    const hostile = attack(random, scene)
    if (!isUnharmed(hostile, scene)) attacks.push({ name, ...hostile })
  }
  return attacks
}

class SnapshotSiege {
  readonly #scene: AttackScene
  readonly #folder: string
  readonly #violations = new Violations()
  #refused = 0
  #folders = 0

  constructor(scene: AttackScene, folder: string) {
    this.#scene = scene
    this.#folder = folder
  }

  get refused(): number {
    return this.#refused
  }

  violations(): string[] {
    return this.#violations.list()
  }

  check(attacks: readonly NamedAttack[]): void {
    const { plane } = this.#scene
    const { configKeys } = parseSettings(
      { url: NOWHERE, clientId: CLIENT_ID, clientSecret: 'x', configKey: plane.configKey.pin },
      {},
    )
    const { body, signature: signatures } = plane.signed
    const current = { snapshot: plane.snapshot, body, signatures }
    for (const { name, ...candidate } of attacks)
      this.#judge(!('accepted' in acceptSnapshot(candidate, current, CLIENT_ID, configKeys)), name, 'the check')
  }

  /** Each middleware has the good configuration from disk, and its first poll is answered with an attack. */
  async fromNetwork(attacks: readonly NamedAttack[]): Promise<void> {
    const { plane } = this.#scene
    plane.fault = (request, response, route) => {
      const attack = attacks[Number(request.headers['stepgate-workload'])]
      if (route !== 'GET /v1/config' || attack === undefined) return false
      const { body, signatures } = attack
      // What cannot be sent as a header cannot arrive.
      const sendable = signatures.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '?')
      return Boolean(response.writeHead(200, { etag: '"x"', 'stepgate-signature': sendable }).end(body))
    }
    const good = toFile({ body: plane.signed.body, signatures: plane.signed.signature })
    await inParallel(AT_ONCE, attacks.length, async (index) => {
      const stateDir = await this.#folderWith(good)
      const stepgate = connect(plane, { stateDir, workload: String(index) })
      await answerJudged(stepgate)
      const { revision, state } = stepgate.status()
      this.#judge(revision === REVISION && state === 'static', attacks[index]?.name ?? '', 'the network')
      await stepgate.close()
    })
    plane.fault = null
  }

  async fromDisk(files: readonly { readonly name: string; readonly bytes: Buffer }[]): Promise<void> {
    await inParallel(AT_ONCE, files.length, async (index) => {
      const { name, bytes } = files[index] ?? { name: '', bytes: Buffer.alloc(0) }
      const stepgate = connect(this.#scene.plane, { stateDir: await this.#folderWith(bytes), url: NOWHERE })
      await stepgate.started
      this.#judge(!stepgate.ready(), name, 'disk')
      await stepgate.close()
    })
  }

  #judge(isRefused: boolean, name: string, source: string): void {
    if (isRefused) this.#refused++
    else this.#violations.add(`taken from ${source}: ${name}`)
  }

  async #folderWith(bytes: Buffer): Promise<string> {
    const folder = join(this.#folder, String(this.#folders++))
    await mkdir(folder)
    await writeFile(join(folder, FILE), bytes)
    return folder
  }
}

/** Settles when the control plane's answer was refused, or, as must not be, was taken. */
function answerJudged(stepgate: Stepgate): Promise<void> {
  return new Promise((resolve) => {
    stepgate.on('security', () => resolve())
    stepgate.on('error', () => resolve())
    stepgate.on('state', ({ state }) => {
      if (state === 'fresh') resolve()
    })
  })
}

const cutFiles = (file: Buffer, every: number): { readonly name: string; readonly bytes: Buffer }[] =>
  Array.from({ length: Math.floor(file.length / every) }, (_, index) => ({
    name: `cut off after ${String(index * every)} bytes`,
    bytes: file.subarray(0, index * every),
  }))

/** Throws where the good configuration is not taken: then nothing that follows would say anything. */
async function requireGoodTaken(plane: TestControlPlane): Promise<void> {
  const stepgate = connect(plane)
  await stepgate.started
  if (stepgate.status().revision !== REVISION) throw new Error('the good configuration is not taken')
  await stepgate.close()
}

export async function besiegeWithSnapshots(trial: SnapshotTrial): Promise<Findings> {
  const { random, checked, fromNetwork, fromDisk, cutEvery } = trial
  const plane = await new TestControlPlane([
    endpoint('GET /orders', 'enforce'),
    endpoint('POST /orders', 'log-only'),
  ]).start()
  plane.publish({ revision: REVISION })
  const folder = await mkdtemp(join(tmpdir(), 'stepgate-snapshots-'))
  const scene = stageAttack(plane)
  const siege = new SnapshotSiege(scene, folder)
  try {
    await requireGoodTaken(plane)
    siege.check(makeAttacks(random, scene, checked, true))
    await siege.fromNetwork(makeAttacks(random, scene, fromNetwork, true))
    await siege.fromDisk(
      makeAttacks(random, scene, fromDisk, false).map((attack) => ({ name: attack.name, bytes: toFile(attack) })),
    )
    const cuts = cutFiles(toFile({ body: plane.signed.body, signatures: plane.signed.signature }), cutEvery)
    await siege.fromDisk(cuts)
    const figures = { checked, fromNetwork, fromDisk, cuts: cuts.length, refused: siege.refused }
    return { figures, violations: siege.violations() }
  } finally {
    await plane.kill()
    await rm(folder, { recursive: true, force: true })
  }
}
