// What has to exist before anything of Stepgate can run, and when it is stale. Plain JavaScript without dependencies: it
// runs on the machine's own Node before anything is installed.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename, delimiter, dirname, join } from 'node:path'

/**
 * @typedef {object} Step
 * @property {string} name as the progress lines show it
 * @property {string[]} after names of the steps it builds on; the others may run beside it
 * @property {string[]} inputs files and folders whose content decides whether the step is stale
 * @property {string} output what the step makes; missing means stale
 * @property {'npm' | 'node'} command `node` is the pinned one
 * @property {string[]} args
 * @property {Record<string, string>} [env]
 */

/** Installed packages, and nothing else, depend on the lock file: editing a script reinstalls nothing. */
export const PACKAGES = {
  name: 'packages',
  after: [],
  inputs: ['package-lock.json'],
  output: 'node_modules/node/bin/node',
  command: 'npm',
  args: ['ci', '--no-audit', '--no-fund', '--include=dev', '--loglevel=error'],
  env: { NODE_ENV: 'development', PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1' },
}

export const DATABASE_CLIENT = {
  name: 'database client',
  after: ['packages'],
  inputs: ['prisma/schema.prisma', 'prisma.config.ts', 'package-lock.json'],
  output: 'lib/store/generated/client.ts',
  command: 'node',
  args: ['node_modules/prisma/build/index.js', 'generate', '--no-hints'],
}

/** Where every program of ours keeps its compiled code. */
export const COMPILE_CACHE = 'node_modules/.stepgate/compile-cache'

export const SERVER = {
  name: 'server',
  after: ['packages', 'database client'],
  inputs: ['server', 'lib', 'scripts/compile-server.mjs', 'package-lock.json'],
  output: COMPILE_CACHE,
  command: 'node',
  args: ['scripts/compile-server.mjs'],
  env: { NODE_COMPILE_CACHE: COMPILE_CACHE },
}

export const SDK = {
  name: 'middleware',
  after: ['packages'],
  inputs: ['sdk/src', 'sdk/build.mjs', 'sdk/package.json', 'lib/policy', 'package-lock.json'],
  output: 'sdk/dist',
  command: 'node',
  args: ['sdk/build.mjs'],
}

export const CONSOLE = {
  name: 'console',
  after: ['packages'],
  inputs: [
    ...['app', 'components', 'lib/client', 'lib/contract', 'lib/policy', 'public', 'proxy.ts'],
    ...['next.config.mjs', 'postcss.config.mjs', 'tsconfig.json', 'package-lock.json'],
  ],
  output: '.next/BUILD_ID',
  command: 'node',
  args: ['node_modules/next/dist/bin/next', 'build'],
  env: { NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
}

/** In the order in which they build on each other. */
export const STEPS = { packages: PACKAGES, client: DATABASE_CLIENT, server: SERVER, sdk: SDK, console: CONSOLE }

/** Hash of the names and contents of everything below the paths; tests and missing paths do not count. */
export function hashContent(root, paths) {
  const hash = createHash('sha256')
  for (const file of paths.flatMap((path) => listFiles(root, path))) {
    const content = readFileSync(join(root, file))
    hash.update(`${file}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex')
}

function listFiles(root, path) {
  const stats = statSync(join(root, path), { throwIfNoEntry: false })
  if (stats === undefined) return []
  if (!stats.isDirectory()) return /\.test\.[a-z]+$/.test(path) ? [] : [path]
  return readdirSync(join(root, path))
    .sort()
    .flatMap((name) => (name === 'node_modules' ? [] : listFiles(root, `${path}/${name}`)))
}

const stampFile = (root, step) => join(root, 'node_modules/.stepgate', step.name.replaceAll(' ', '-'))

export function isStale(root, step) {
  const stamp = stampFile(root, step)
  if (!existsSync(join(root, step.output)) || !existsSync(stamp)) return true
  return readFileSync(stamp, 'utf8') !== hashContent(root, step.inputs)
}

/** `hash` is that of the inputs before the step ran: what changed meanwhile makes it stale again. */
export function markDone(root, step, hash) {
  const stamp = stampFile(root, step)
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, hash)
}

/** Secrets, and programs that print them. */
const SECRET_SETTINGS = new Set([
  'DATABASE_URL',
  'STEPGATE_SECRET',
  'STEPGATE_SECRET_COMMAND',
  'STEPGATE_SECRET_PREVIOUS',
  'STEPGATE_SECRET_PREVIOUS_COMMAND',
  'STEPGATE_OIDC_CLIENT_SECRET',
])

/** npm must not run the binaries of the folder it replaces, Prisma must not download anything, and no step needs a secret. */
export function toStepEnvironment(root, environment, additions = {}) {
  const told = Object.entries(environment).filter(([name]) => !SECRET_SETTINGS.has(name))
  const path = (environment.PATH ?? '').split(delimiter).filter((folder) => basename(folder) !== '.bin')
  return {
    ...Object.fromEntries(told),
    ...additions,
    PATH: path.join(delimiter),
    PRISMA_SCHEMA_ENGINE_BINARY: join(root, 'scripts/schema-engine-stub.cjs'),
    CHECKPOINT_DISABLE: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
  }
}
