// The stubbornness of the middleware, at length: npm run faults -- [parts] [--node=20,22,24] [--short] [--minutes=15] [--rate=200] [--seed=…]
import { execFileSync, spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { buildPrograms, type FaultPrograms } from './build-programs.ts'
import { runLongOutage } from './outage.ts'
import { PART_NAMES, type PartName } from './parts.ts'

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
const unknown = positionals.find((name) => !PART_NAMES.some((part) => part === name))
if (unknown !== undefined) throw new Error(`there is no part "${unknown}", only ${PART_NAMES.join(', ')}`)
const parts = PART_NAMES.filter((name) => positionals.length === 0 || positionals.includes(name))
const programs = await buildPrograms()
for (const version of values.node.split(',')) {
  const executable = findNode(version, programs)
  for (const part of parts) await runPart(part, version, executable)
}
process.exit()

/** This Node, or one that npm fetches. */
function findNode(version: string, { parts: program }: FaultPrograms): string {
  if (process.versions.node.startsWith(`${version}.`)) return process.execPath
  const command = ['exec', '-y', `--package=node@${version}`, '--', 'node', program, 'where']
  return execFileSync('npm', command, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim()
}

async function runPart(part: PartName, version: string, executable: string): Promise<void> {
  if (part === 'outage' && !values.short) {
    const [minutes, requestsPerSecond] = [Number(values.minutes), Number(values.rate)]
    await runLongOutage({ version, executable, serviceProgram: programs.service, minutes, requestsPerSecond })
    return
  }
  const form = values.short ? 'short' : 'long'
  const { status } = spawnSync(executable, [programs.parts, part, form], { stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
}
