import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CHROMIUM_MISSING, findChromium } from './find-chromium.ts'
import { countPlaywright, countVitest, type TestCounts } from './test-counts.ts'

const STOPPED_EARLY: TestCounts = { passed: 0, failed: 1 }

export function runVitest(args: readonly string[] = []): TestCounts {
  return withReport(countVitest, (file) =>
    run('node_modules/vitest/vitest.mjs', [
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${file}`,
      ...args,
    ]),
  )
}

/** The journeys of people through the console, in a real browser. */
export function runJourneys(args: readonly string[] = []): TestCounts {
  const chromium = findChromium()
  if (chromium === null) {
    process.stderr.write(`${CHROMIUM_MISSING}\n`)
    return STOPPED_EARLY
  }
  return withReport(countPlaywright, (file) =>
    run('node_modules/@playwright/test/cli.js', ['test', '--reporter=list,json', ...args], {
      STEPGATE_CHROMIUM: chromium,
      PLAYWRIGHT_JSON_OUTPUT_NAME: file,
    }),
  )
}

function run(program: string, args: readonly string[], additions: Record<string, string> = {}): number | null {
  return spawnSync(process.execPath, [program, ...args], { stdio: 'inherit', env: { ...process.env, ...additions } })
    .status
}

function withReport<Report>(
  count: (report: Report) => TestCounts,
  runner: (file: string) => number | null,
): TestCounts {
  const folder = mkdtempSync(join(tmpdir(), 'stepgate-report-'))
  const file = join(folder, 'report.json')
  try {
    const status = runner(file)
    if (!existsSync(file)) return STOPPED_EARLY
    const counts = count(JSON.parse(readFileSync(file, 'utf8')) as Report)
    // A runner that is not content with tests that all passed, for example because of an error outside of them.
    return status !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
