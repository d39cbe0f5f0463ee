/** The package as somebody installs it: from both module systems, from TypeScript, and beside only what it needs. */
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { build } from 'esbuild'
import { publint } from 'publint'
import { beforeAll, expect, it } from 'vitest'
import { SDK_VERSION } from '../src/version.ts'
import { describeBundles } from './package-bundles.ts'
import { describeTypes } from './package-types.ts'
import { ENTRIES, FRAMEWORKS, installPackage, MANIFEST, SDK_FOLDER, type Installation } from './packed-package.ts'

let installed: Installation

beforeAll(() => {
  installed = installPackage(...FRAMEWORKS)
}, 60_000)

describeTypes(() => installed)
describeBundles(() => installed)

it('says its version truly, depends on nothing and runs nothing when it is installed', () => {
  expect(MANIFEST.version).toBe(SDK_VERSION)
  expect(MANIFEST.dependencies).toBeUndefined()
  expect(Object.keys(MANIFEST.scripts)).toEqual(['build'])
})

it('leaves nothing for publint to complain about', async () => {
  const { messages } = await publint({
    pkgDir: join(installed.folder, 'node_modules/@stepgate/node'),
    strict: true,
    pack: false,
  })
  expect(messages).toEqual([])
})

it('is resolved with its types by every kind of resolution', async () => {
  const checked = await checkPackage(createPackageFromTarballData(readFileSync(installed.tarball)))
  expect(checked).toMatchObject({ types: { kind: 'included' }, problems: [] })
})

/** Of each entry with all that it loads, in bytes of brotli. More has to be decided, and written down here. */
const SIZES_MAX: Readonly<Record<string, number>> = {
  // The goal is 15,000.
  index: 14_000,
  // With what finds other copies of Express, applications that have no router yet, and requests that leave an application and come back.
  express: 3_800,
  fastify: 1_200,
  // With what is said of routes and middleware that are there before it.
  hono: 1_700,
  // With what lets go of the contexts of another application.
  koa: 2_150,
  // With what is said of an application that was initialised before it.
  nest: 4_750,
  next: 1_500,
  'node-http': 1_250,
  // With what tells values of the wrong shape and endpoints without a route.
  testing: 48_050,
  prometheus: 1_500,
  opentelemetry: 1_550,
  // Loaded late.
  // With what verifies tokens, and what finds misspelled variables.
  connection: 18_500,
  context: 9_500,
  // With what is wrong with the arguments of a call.
  'outgoing-calls': 2_100,
  condition: 23_000,
}

it.each(Object.keys(SIZES_MAX))('has a file %s that is no larger than was decided', (name) => {
  const code = readFileSync(join(SDK_FOLDER, `dist/${name}.js`))
  expect(brotliCompressSync(code).length).toBeLessThanOrEqual(SIZES_MAX[name] ?? 0)
})

it('has the same names for import and for require in every entry', () => {
  const list =
    'entries.map((entry) => Object.keys(entry).filter((name) => !["default", "module.exports"].includes(name)).sort())'
  installed.write(
    'names.mjs',
    `const entries = await Promise.all(${JSON.stringify(ENTRIES)}.map((entry) => import(entry)))
console.log(JSON.stringify(${list}))`,
  )
  installed.write(
    'names.cjs',
    `const entries = ${JSON.stringify(ENTRIES)}.map((entry) => require(entry))
console.log(JSON.stringify(${list}))`,
  )
  const imported = JSON.parse(installed.node('names.mjs')) as string[][]
  expect(imported.every((names) => names.length > 0)).toBe(true)
  expect(JSON.parse(installed.node('names.cjs'))).toEqual(imported)
})

it('does nothing by being imported, so that a bundler may leave out what is not used', async () => {
  const { outputFiles } = await build({
    stdin: {
      contents: ENTRIES.map((entry) => `import '${entry}'`).join('\n'),
      resolveDir: installed.folder,
    },
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
    logLevel: 'silent',
  })
  expect(outputFiles[0]?.text.trim()).toBe('')
  installed.write(
    'quiet.mjs',
    `const listeners = () => process.eventNames().map((name) => [String(name), process.listenerCount(name)])
const before = JSON.stringify(listeners())
await Promise.all(${JSON.stringify(ENTRIES)}.map((entry) => import(entry)))
console.log(before === JSON.stringify(listeners()), process.getActiveResourcesInfo().filter((name) => /Timeout|TCP/.test(name)).length)`,
  )
  expect(installed.node('quiet.mjs')).toBe('true 0')
})

const USE = `
try { createStepgate({}) } catch (error) { console.log(error instanceof StepgateConfigurationError, error.setting, error.variable) }
const stepgate = createTestStepgate({ endpoints: [{ method: 'GET', route: '/orders' }] })
guard(stepgate, 'GET', '/orders', () => undefined)
console.log(stepgate.decide({ method: 'GET', route: '/orders' }).reason)
`
const USED = 'true url STEPGATE_URL\ntoken-missing'
const IMPORTS = [
  ['createStepgate, StepgateConfigurationError', '@stepgate/node'],
  ['createTestStepgate', '@stepgate/node/testing'],
  ['guard', '@stepgate/node/node-http'],
]

it('runs in a plain ES module', () => {
  installed.write(
    'use.mjs',
    IMPORTS.map(([names, entry]) => `import { ${String(names)} } from '${String(entry)}'`).join('\n') + USE,
  )
  expect(installed.node('use.mjs')).toBe(USED)
})

it('runs in a plain CommonJS module', () => {
  installed.write(
    'use.cjs',
    IMPORTS.map(([names, entry]) => `const { ${String(names)} } = require('${String(entry)}')`).join('\n') + USE,
  )
  expect(installed.node('use.cjs')).toBe(USED)
})

const UNCAUGHT: readonly (readonly [name: string, entry: string, fault: string])[] = [
  ['StepgateConfigurationError', '@stepgate/node', 'createStepgate({})'],
  ['StepgateConfigurationError', '@stepgate/node', "createStepgate({ url: 'ftp://orders' })"],
  ['StepgateConfigurationError', '@stepgate/node', "createStepgate({ clientid: 'orders' })"],
  ['StepgateUsageError', '@stepgate/node/express', 'protectExpress()'],
  ['StepgateUsageError', '@stepgate/node/hono', 'protectHono()'],
  ['StepgateUsageError', '@stepgate/node/koa', 'protectKoa()'],
  ['StepgateUsageError', '@stepgate/node/nest', 'protectNest()'],
  ['StepgateUsageError', '@stepgate/node/next', 'protectRoute()'],
  ['StepgateUsageError', '@stepgate/node/node-http', 'guard()'],
  ['StepgateUsageError', '@stepgate/node/prometheus', 'registerStepgateMetrics({}, { clients: 1 })'],
  ['StepgateUsageError', '@stepgate/node/testing', 'createTestStepgate({ endpoint: [] })'],
  ['StepgateUsageError', '@stepgate/node/testing', "createTestStepgate({ undeclaredMode: 'on' })"],
]

const LINE_SHOWN_MAX = 400

it.each(UNCAUGHT)(
  'shows a %s of %s by its name, and not the code, where nobody catches it: %s',
  (name, entry, fault) => {
    for (const load of [`import('${entry}')`, `Promise.resolve(require('${entry}'))`]) {
      const program = `${load}.then((entry) => entry.${fault})`
      const { stderr } = spawnSync(process.execPath, ['-e', program], { cwd: installed.folder, encoding: 'utf8' })
      expect(stderr).toMatch(new RegExp(`^${name}: Stepgate: `, 'm'))
      expect(stderr).not.toContain('[Stepgate')
      expect(Math.max(...stderr.split('\n').map((line) => line.length))).toBeLessThan(LINE_SHOWN_MAX)
    }
  },
)

it('shows where in the source an error came from, where source maps are on', () => {
  installed.write('mapped.mjs', "import { createStepgate } from '@stepgate/node'\ncreateStepgate({})")
  const options = { cwd: installed.folder, encoding: 'utf8' } as const
  const { stderr } = spawnSync(process.execPath, ['--enable-source-maps', 'mapped.mjs'], options)
  const [, file = '', line = ''] = /([\w-]+\.ts):(\d+)/.exec(stderr) ?? []
  const source = readFileSync(join(SDK_FOLDER, 'src', file), 'utf8').split('\n')
  expect(source[Number(line) - 1]).toContain('throw new StepgateConfigurationError')
})

it('has an adapter of one module system work with the core of the other', () => {
  installed.write(
    'mixed.cjs',
    `const { guard } = require('@stepgate/node/node-http')
import('@stepgate/node').then(async ({ createStepgate }) => {
  const stepgate = createStepgate({ url: 'http://127.0.0.1:1', clientId: 'a', clientSecret: 'b', configKey: '${Buffer.alloc(32, 1).toString('base64url')}', logger: { warn() {}, error() {} } })
  guard(stepgate, 'GET', '/', () => undefined)
  await stepgate.started
  console.log(stepgate.status().routes, stepgate.status().state)
})`,
  )
  expect(installed.node('mixed.cjs')).toBe('1 closed')
})

/** The Node that runs the tests, and any others that are named: STEPGATE_TEST_NODES=/usr/bin/node,… */
const NODES = [process.execPath, ...(process.env['STEPGATE_TEST_NODES'] ?? '').split(',').filter((path) => path !== '')]

it.each(NODES)('protects a service of each framework on %s', { timeout: 60_000 }, async (executable) => {
  await build({
    entryPoints: [join(SDK_FOLDER, 'test/smoke-program.ts')],
    outfile: join(installed.folder, 'smoke.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    external: ['@stepgate/*', 'express', 'fastify', 'hono', 'koa', '@koa/router'],
    alias: { 'express-4': 'express' },
    logLevel: 'error',
  })
  const program = execFileSync(executable, ['smoke.mjs'], { cwd: installed.folder, encoding: 'utf8' })
  expect(program).toContain('all well')
})
