import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** Folders whose tests need no database: `npm run verify` runs these alone. */
const pure = [
  'lib/policy',
  'lib/condition',
  'lib/contract',
  'lib/evidence',
  'lib/client',
  'components',
  'app',
  'sdk',
  'scripts',
]
const withDatabase = ['lib/store', 'lib/control', 'server', 'demo', 'bench']

const testsIn = (folders: readonly string[]) => folders.map((folder) => `${folder}/**/*.test.{ts,tsx}`)

export default defineConfig({
  resolve: { alias: { '@': fileURLToPath(new URL('.', import.meta.url)) } },
  test: {
    projects: [
      { extends: true, test: { name: 'unit', include: testsIn(pure) } },
      {
        extends: true,
        test: { name: 'database', include: testsIn(withDatabase), globalSetup: 'lib/store/test-cluster.ts' },
      },
    ],
    setupFiles: 'vitest.setup.ts',
    pool: 'forks',
    // Files of one worker share what they import: a fresh process for each takes half as long again.
    isolate: false,
    unstubEnvs: true,
    // Many tests wait for time to pass, so that two processors have room for a third.
    maxWorkers: Math.max(3, availableParallelism()),
    // Tests that run at the same time do so because they wait.
    maxConcurrency: 32,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
