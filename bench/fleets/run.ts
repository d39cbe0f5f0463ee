// Is the evidence right? Fleets whose truth is known, week after week: npm run bench:fleets -- [--seeds=200] [--from=1]
import { parseArgs } from 'node:util'
import { checkStored } from './check-stored.ts'
import { Findings } from './findings.ts'
import { printTable } from './print-table.ts'
import { runFleet } from './run-fleet.ts'
import { openFleetStore } from './stored-fleets.ts'

/** Of so many fleets one goes through PostgreSQL as well. */
const STORED_EVERY = 9

const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '200' }, from: { type: 'string', default: '1' } },
})
const [seeds, from] = [Number(values.seeds), Number(values.from)]
const findings = new Findings()
const store = await openFleetStore()
try {
  for (let done = 1; done <= seeds; done++) {
    const simulation = runFleet(from + done - 1, findings)
    if (done % STORED_EVERY === 1) await checkStored(simulation, store, findings)
    if (done % 10 === 0) sayProgress(done)
  }
} finally {
  await store.close()
}
if (!printTable(findings)) process.exitCode = 1

function sayProgress(done: number): void {
  const requests = findings.of('requests').toLocaleString('en')
  process.stdout.write(`${done} fleets, ${requests} requests, ${findings.violations.length} violations\n`)
}
