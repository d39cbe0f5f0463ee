// Every measurement, one after the other; names on the command line pick some.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const PROGRAMS: Readonly<Record<string, string>> = {
  sdk: 'sdk/run.ts',
  gateway: 'gateway/run.ts',
  store: 'store/run.ts',
  tokens: 'tokens/run.ts',
  replay: 'replay/run.ts',
  memory: 'memory.ts',
  console: 'console.ts',
}

const picked = process.argv.slice(2)
for (const [name, program] of Object.entries(PROGRAMS)) {
  if (picked.length > 0 && !picked.includes(name)) continue
  process.stdout.write(`\n— ${name}\n`)
  const { status } = spawnSync(process.execPath, [fileURLToPath(new URL(program, import.meta.url))], {
    stdio: 'inherit',
  })
  if (status !== 0) process.exitCode = 1
}
