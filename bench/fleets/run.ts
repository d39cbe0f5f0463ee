// Is the evidence right? Fleets whose truth is known, week after week: npm run bench:fleets -- [--seeds=200] [--from=1]
import { parseArgs } from 'node:util'
import { Findings } from './findings.ts'
import { runFleet } from './run-fleet.ts'

const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '200' }, from: { type: 'string', default: '1' } },
})
const [seeds, from] = [Number(values.seeds), Number(values.from)]
const findings = new Findings()
for (let seed = from; seed < from + seeds; seed++) {
  const before = performance.now()
  runFleet(seed, findings)
  if (seeds <= 5) console.log(seed, Math.round(performance.now() - before))
  if ((seed - from) % 10 === 9)
    process.stdout.write(
      `${seed - from + 1} fleets, ${findings.of('requests')} requests, ${findings.violations.length} violations\n`,
    )
}
for (const violation of findings.violations.slice(0, 60)) process.stdout.write(`  ✗ ${violation}\n`)
for (const [name, value] of [...findings.figures].toSorted())
  process.stdout.write(`  ${name.padEnd(56)} ${String(value).padStart(12)}\n`)
