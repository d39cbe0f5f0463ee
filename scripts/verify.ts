// What can be checked in seconds, without a database.
import { spawnSync } from 'node:child_process'

const CHECKS = [
  ['format', 'node_modules/prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'],
  ['types', 'node_modules/typescript/bin/tsc', '--noEmit'],
  [
    'lint',
    'node_modules/eslint/bin/eslint.js',
    '--max-warnings=0',
    '--cache',
    '--cache-location=node_modules/.cache/eslint/',
    '.',
  ],
  [
    'arrows',
    'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs',
    '--config=.dependency-cruiser.mjs',
    'app',
    'bench',
    'components',
    'demo',
    'e2e',
    'lib',
    'scripts',
    'sdk/src',
    'server',
  ],
  ['dead code', 'node_modules/knip/bin/knip.js', '--no-progress'],
  ['unit tests', 'node_modules/vitest/vitest.mjs', 'run', '--project=unit', '--reporter=dot'],
] as const

let failures = 0
for (const [name, program, ...args] of CHECKS) {
  const startedAt = performance.now()
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1)
  process.stdout.write(status === 0 ? `✓ ${name} (${seconds} s)\n` : `${stdout}${stderr}✗ ${name} (${seconds} s)\n`)
  if (status !== 0) failures += 1
}
process.exitCode = failures === 0 ? 0 : 1
