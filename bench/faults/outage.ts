import { liveThroughOutage } from '../../sdk/test/faults/live-through-outage.ts'
import { startMortalTestPlane } from '../../sdk/test/faults/mortal-test-plane.ts'
import { SeededRandom } from '../../sdk/test/seeded-random.ts'
import { printFindings } from './print-findings.ts'
import { startRealGateway } from './real-gateway.ts'

const KILLS = 20
const PAUSE_MS_MAX = 2_000
const ADDED_P99_MS_MAX = 1

export interface LongOutage {
  readonly version: string
  readonly executable: string
  readonly serviceProgram: string
  readonly minutes: number
  /** Of each service, and of its twin. */
  readonly requestsPerSecond: number
}

/** The product's own gateway under SIGKILL; the services run on the Node that is asked for. */
export async function runLongOutage({
  version,
  executable,
  serviceProgram,
  minutes,
  requestsPerSecond,
}: LongOutage): Promise<void> {
  const random = new SeededRandom()
  const gateway = await startRealGateway()
  const reference = await startMortalTestPlane()
  try {
    const findings = await liveThroughOutage({
      random,
      gateway,
      reference,
      executable,
      program: serviceProgram,
      requestsPerSecond,
      seconds: minutes * 60,
      kills: KILLS,
      pauseMsMax: PAUSE_MS_MAX,
      onKill: (kills) => process.stderr.write(`  killed for the ${String(kills)}. time of ${String(KILLS + 1)}\n`),
    })
    printFindings(`outage, ${String(minutes)} min, services on Node ${version}, seed ${String(random.seed)}`, findings)
    const added = Object.entries(findings.figures).filter(([name]) => name.endsWith('p99 ms added'))
    const isWithin = added.every(([, value]) => Number(value) <= ADDED_P99_MS_MAX)
    process.stdout.write(`  ${isWithin ? '✓' : '✗'} at most ${String(ADDED_P99_MS_MAX)} ms of p99 added\n`)
  } finally {
    await reference.kill()
    await gateway.close()
  }
}
