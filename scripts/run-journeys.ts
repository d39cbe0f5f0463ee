import { runJourneys } from './test-runners.ts'

const { passed, failed } = runJourneys(process.argv.slice(2))
process.stdout.write(`${passed.toString()} passed, ${failed.toString()} failed\n`)
process.exitCode = failed === 0 ? 0 : 1
