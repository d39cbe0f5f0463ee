// What the token service promises, at length: npm run proofs -- [parts] [--seed=…]
import { parseArgs } from 'node:util'
import { SeededRandom } from '../../sdk/test/seeded-random.ts'
import { printFindings } from '../faults/print-findings.ts'
import { PART_NAMES, runPart } from './parts.ts'

const { values, positionals } = parseArgs({ allowPositionals: true, options: { seed: { type: 'string' } } })

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1))
if (values.seed !== undefined) process.env['STEPGATE_TEST_SEED'] = values.seed
const unknown = positionals.find((name) => !PART_NAMES.some((part) => part === name))
if (unknown !== undefined) throw new Error(`there is no part "${unknown}", only ${PART_NAMES.join(', ')}`)
for (const name of PART_NAMES.filter((part) => positionals.length === 0 || positionals.includes(part))) {
  const random = new SeededRandom()
  const startedAt = performance.now()
  const findings = await runPart(name, random)
  const seconds = Math.round((performance.now() - startedAt) / 1_000)
  printFindings(`${name}, seed ${String(random.seed)}, ${String(seconds)} s`, findings)
}
process.exit()
