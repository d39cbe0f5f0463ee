// Every test there is, and one line that says how many passed.
import { addCounts } from './test-counts.ts'
import { runJourneys, runVitest } from './test-runners.ts'

const tests = runVitest()
const { passed, failed } = addCounts(tests, runJourneys())
process.stdout.write(`${passed.toString()} passed, ${failed.toString()} failed\n`)
process.exitCode = failed === 0 ? 0 : 1
