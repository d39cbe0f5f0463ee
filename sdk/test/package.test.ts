/** The package as somebody installs it: packed, in a folder of its own, from both module systems and from TypeScript. */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { beforeAll, expect, it } from 'vitest'
import { SDK_VERSION } from '../src/version.ts'

const sdk = fileURLToPath(new URL('..', import.meta.url))
const root = fileURLToPath(new URL('../..', import.meta.url))
let folder = ''

const run = (command: string, ...parameters: string[]): string =>
  execFileSync(command, parameters, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
const node = (...parameters: string[]): string => run(process.execPath, ...parameters).trim()

interface Manifest {
  readonly version: string
  readonly dependencies?: object
  readonly scripts: Readonly<Record<string, string>>
}
const manifest = JSON.parse(readFileSync(join(sdk, 'package.json'), 'utf8')) as Manifest

beforeAll(() => {
  if (!existsSync(join(sdk, 'dist/index.js')))
    execFileSync(process.execPath, [join(sdk, 'build.mjs')], { stdio: 'ignore' })
  folder = mkdtempSync(join(tmpdir(), 'stepgate-package-'))
  const [packed] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--pack-destination', folder], { cwd: sdk, encoding: 'utf8' }),
  ) as { filename: string }[]
  run('tar', '-xzf', packed?.filename ?? '')
  mkdirSync(join(folder, 'node_modules/@stepgate'), { recursive: true })
  cpSync(join(folder, 'package'), join(folder, 'node_modules/@stepgate/node'), { recursive: true })
  for (const name of ['express', 'fastify', '@types'])
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name))
}, 60_000)

it('says its version truly, depends on nothing and runs nothing when it is installed', () => {
  expect(manifest.version).toBe(SDK_VERSION)
  expect(manifest.dependencies).toBeUndefined()
  expect(Object.keys(manifest.scripts)).toEqual(['build'])
})

const USE = `
const names = [createStepgate, protectExpress, stepgateFastify, guard, StepgateConfigurationError].map((value) => typeof value)
try { createStepgate({}) } catch (error) { names.push(error instanceof StepgateConfigurationError, error.setting) }
console.log(names.join())
`
const EXPECTED = 'function,function,function,function,function,true,url (STEPGATE_URL)'

it('is imported as ES modules', () => {
  writeFileSync(
    join(folder, 'use.mjs'),
    `import { createStepgate, StepgateConfigurationError } from '@stepgate/node'
import { protectExpress } from '@stepgate/node/express'
import { stepgateFastify } from '@stepgate/node/fastify'
import { guard } from '@stepgate/node/node-http'
${USE}`,
  )
  expect(node('use.mjs')).toBe(EXPECTED)
})

it('is required as CommonJS', () => {
  writeFileSync(
    join(folder, 'use.cjs'),
    `const { createStepgate, StepgateConfigurationError } = require('@stepgate/node')
const { protectExpress } = require('@stepgate/node/express')
const { stepgateFastify } = require('@stepgate/node/fastify')
const { guard } = require('@stepgate/node/node-http')
${USE}`,
  )
  expect(node('use.cjs')).toBe(EXPECTED)
})

it('has an adapter of one module system work with the core of the other', () => {
  writeFileSync(
    join(folder, 'mixed.cjs'),
    `const { guard } = require('@stepgate/node/node-http')
import('@stepgate/node').then(async ({ createStepgate }) => {
  const stepgate = createStepgate({ url: 'http://127.0.0.1:1', clientId: 'a', clientSecret: 'b', configKey: '${Buffer.alloc(32, 1).toString('base64url')}', logger: { warn() {}, error() {} } })
  guard(stepgate, 'GET', '/', () => undefined)
  await stepgate.started
  console.log(stepgate.status().routes, stepgate.status().state)
})`,
  )
  expect(node('mixed.cjs')).toBe('1 closed')
})

it.each([
  ['node16', 'module.ts', 'ESNext'],
  ['nodenext', 'common.cts', 'NodeNext'],
  ['bundler', 'module.ts', 'ESNext'],
])('type-checks on its own with moduleResolution %s (%s)', { timeout: 60_000 }, (resolution, file, module) => {
  const program = `import express from 'express'
import fastify from 'fastify'
import { createServer } from 'node:http'
import { createStepgate, type Stepgate, type StepgateStatus } from '@stepgate/node'
import { protectExpress } from '@stepgate/node/express'
import { stepgateFastify } from '@stepgate/node/fastify'
import { guard } from '@stepgate/node/node-http'

const stepgate: Stepgate = createStepgate({ audiences: { 'http://orders': 'orders' } })
const app = express()
protectExpress(app, stepgate)
app.get('/orders/:orderId', (request, response) => { response.json({ caller: request.stepgate?.caller }) })
const server = fastify()
void server.register(stepgateFastify, { stepgate })
server.get('/orders', (request) => request.stepgate?.scopes)
createServer(guard(stepgate, 'GET', '/orders', (request, response) => response.end(request.stepgate?.outcome)))
const one = guard(stepgate, 'GET', '/orders/:orderId', (request, response, orderId: string) => response.end(orderId))
export const listener = (): unknown => [one, stepgate.on('security', ({ code }) => code), stepgate.fetch('http://orders', { scopes: ['orders:read'] })]
export const status: StepgateStatus = stepgate.status()
`
  writeFileSync(join(folder, file), program)
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  const chosen = resolution === 'bundler' ? module : resolution === 'node16' ? 'Node16' : 'NodeNext'
  const parameters = [
    '--noEmit',
    '--strict',
    '--skipLibCheck',
    'false',
    '--exactOptionalPropertyTypes',
    '--target',
    'ES2023',
    '--lib',
    'ES2023',
    '--types',
    'node',
    '--esModuleInterop',
    '--module',
    chosen,
    '--moduleResolution',
    resolution,
    file,
  ]
  let output = ''
  try {
    node(join(root, 'node_modules/typescript/bin/tsc'), ...parameters)
  } catch (error) {
    output = (error as { stdout: string }).stdout
  }
  // Other packages' declarations are not ours to judge.
  expect(output.split('\n').filter((line) => line.startsWith(file) || line.includes('@stepgate/node'))).toEqual([])
})

/** The Node that runs the tests, and any others that are named: STEPGATE_TEST_NODES=/usr/bin/node,… */
const NODES = [process.execPath, ...(process.env['STEPGATE_TEST_NODES'] ?? '').split(',').filter((path) => path !== '')]

it.each(NODES)('protects a service of each framework on %s', { timeout: 60_000 }, async (executable) => {
  await build({
    entryPoints: [join(sdk, 'test/smoke-program.ts')],
    outfile: join(folder, 'smoke.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    external: ['@stepgate/*', 'express', 'fastify'],
    alias: { 'express-4': 'express' },
    logLevel: 'error',
  })
  expect(run(executable, 'smoke.mjs')).toContain('all well')
})
