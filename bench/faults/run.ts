// Stubbornness at length, of the middleware and of the store: npm run faults -- [parts] [--node=20,22,24] [--short] [--minutes=15] [--rate=200] [--seed=…]
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { findNode } from '../find-node.ts'
import { buildPrograms, type FaultPrograms } from './build-programs.ts'
import { SeededRandom } from '../../sdk/test/seeded-random.ts'
import { liveThroughCrashes } from './crashes.ts'
import { runLongOutage } from './outage.ts'
import { PART_NAMES, type PartName } from './parts.ts'
import { printFindings } from './print-findings.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    node: { type: 'string', default: '24' },
    short: { type: 'boolean', default: false },
    minutes: { type: 'string', default: '15' },
    rate: { type: 'string', default: '200' },
    seed: { type: 'string' },
  },
})

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1))
if (values.seed !== undefined) process.env['STEPGATE_TEST_SEED'] = values.seed
/** Of the product itself, which runs on one Node only. */
const CRASHES = 'crashes'
const names = [...PART_NAMES, CRASHES]
const unknown = positionals.find((name) => !names.includes(name))
if (unknown !== undefined) throw new Error(`there is no part "${unknown}", only ${names.join(', ')}`)
if (positionals.length === 0 || positionals.includes(CRASHES)) await runCrashes()
const parts = PART_NAMES.filter((name) => positionals.length === 0 || positionals.includes(name))
if (parts.length > 0) await runParts(parts)
process.exit()

async function runParts(parts: readonly PartName[]): Promise<void> {
  const programs = await buildPrograms()
  for (const version of values.node.split(',')) {
    const executable = findNode(version)
    for (const part of parts) await runPart(part, version, executable, programs)
  }
}

async function runCrashes(): Promise<void> {
  const random = new SeededRandom()
  const crashes = values.short ? 3 : 50
  const onCrash = (crash: number) => process.stderr.write(`  crash ${String(crash)} of ${String(crashes)}\r`)
  const findings = await liveThroughCrashes({ random, crashes, gatewayEvery: values.short ? 3 : 5, onCrash })
  printFindings(`crashes, seed ${String(random.seed)}`, findings)
}

async function runPart(part: PartName, version: string, executable: string, programs: FaultPrograms): Promise<void> {
  if (part === 'outage' && !values.short) {
    const [minutes, requestsPerSecond] = [Number(values.minutes), Number(values.rate)]
    await runLongOutage({ version, executable, serviceProgram: programs.service, minutes, requestsPerSecond })
    return
  }
  const form = values.short ? 'short' : 'long'
  const { status } = spawnSync(executable, [programs.parts, part, form], { stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
}
