// Is the evidence right? Fleets whose truth is known, week after week: npm run bench:fleets -- [--seeds=200] [--from=1]
import { parseArgs } from 'node:util'
import { Findings } from './findings.ts'
import { printTable } from './print-table.ts'
import { runFleet } from './run-fleet.ts'

const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '200' }, from: { type: 'string', default: '1' } },
})
const [seeds, from] = [Number(values.seeds), Number(values.from)]
const findings = new Findings()
for (let done = 1; done <= seeds; done++) {
  runFleet(from + done - 1, findings)
  if (done % 10 === 0)
    process.stdout.write(
      `${done} fleets, ${findings.of('requests').toLocaleString('en')} requests, ${findings.violations.length} violations\n`,
    )
}
if (!printTable(findings)) process.exitCode = 1
