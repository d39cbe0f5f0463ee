/** Parts of the package that are loaded late, in every form a service may be shipped in. */
import { execFile } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build, type BuildOptions } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ParsedRule } from '../../lib/policy/rule.ts'
import { CLIENT_ID, CLIENT_SECRET, TestControlPlane } from './control-plane.ts'
import { endpoint } from './fixtures.ts'
import type { Installation } from './packed-package.ts'

const RULE: ParsedRule = {
  access: 'token',
  requirements: [
    { kind: 'rate', requestsMax: 2, windowSeconds: 3_600 },
    { kind: 'condition', expression: 'token.sub == "billing"' },
  ],
}
const plane = new TestControlPlane([endpoint('GET /orders', 'enforce', RULE)])

const SERVICE = `
const stepgate = createStepgate({ logger: { warn() {}, error() {} } })
stepgate.on('error', ({ message }) => console.log(message))
const server = createServer(guard(stepgate, 'GET', '/orders', (request, response) => response.end()))
server.listen(0, async () => {
  const url = 'http://127.0.0.1:' + server.address().port + '/orders'
  const ask = async (token) => (await fetch(url, { headers: { authorization: 'Bearer ' + token } })).status
  await stepgate.started
  const answers = [stepgate.status().state]
  for (const token of process.argv.slice(2)) answers.push(await ask(token))
  answers.push((await stepgate.fetch(url, { audience: 'orders' })).status)
  console.log(answers.join(' '))
  server.close()
  await stepgate.close()
})`
const ES_MODULE = `import { createServer } from 'node:http'
import { createStepgate } from '@stepgate/node'
import { guard } from '@stepgate/node/node-http'${SERVICE}`
const COMMON_JS = `const { createServer } = require('node:http')
const { createStepgate } = require('@stepgate/node')
const { guard } = require('@stepgate/node/node-http')${SERVICE}`

async function run(file: string): Promise<string> {
  const env = {
    ...process.env,
    STEPGATE_URL: plane.url,
    STEPGATE_CLIENT_ID: CLIENT_ID,
    STEPGATE_CLIENT_SECRET: CLIENT_SECRET,
    STEPGATE_CONFIG_KEY: plane.configKey.pin,
  }
  const tokens = ['billing', 'stranger', 'billing', 'billing'].map((sub) => plane.issueToken({ sub }))
  const { stdout } = await promisify(execFile)(process.execPath, [file, ...tokens], { env })
  return stdout.trim()
}

/** Bundled where nothing of the package lies beside it. Answers the file. */
async function bundle(folder: string, entry: string, name: string, options: BuildOptions): Promise<string> {
  const outdir = join(folder, 'bundles', name.replaceAll(' ', '-'))
  mkdirSync(outdir, { recursive: true })
  const entryPoints = { service: join(folder, entry) }
  await build({ entryPoints, outdir, bundle: true, platform: 'node', logLevel: 'silent', ...options })
  return join(outdir, options.format === 'esm' ? 'service.mjs' : 'service.cjs')
}

/** The stranger's subject does not hold, its third and fourth request are too many; the service's own is of another subject too. */
const ANSWERS = 'fresh 200 403 429 429 403'

export function describeBundles(installation: () => Installation): void {
  describe.concurrent('parts that are loaded late', () => {
    beforeAll(async () => {
      await plane.start()
      installation().write('service.mjs', ES_MODULE)
      installation().write('service.cjs', COMMON_JS)
    })
    afterAll(() => plane.kill())

    it.each(['service.mjs', 'service.cjs'])('are loaded by %s as it is', async (file) => {
      expect(await run(join(installation().folder, file))).toBe(ANSWERS)
    })

    it.each<[string, string, BuildOptions]>([
      ['one ES module', 'service.mjs', { format: 'esm', outExtension: { '.js': '.mjs' } }],
      ['ES modules', 'service.mjs', { format: 'esm', outExtension: { '.js': '.mjs' }, splitting: true }],
      ['one CommonJS module', 'service.mjs', { format: 'cjs', outExtension: { '.js': '.cjs' } }],
      ['one CommonJS module of what is required', 'service.cjs', { format: 'cjs', outExtension: { '.js': '.cjs' } }],
    ])('are loaded by a service that was bundled to %s', async (name, entry, options) => {
      expect(await run(await bundle(installation().folder, entry, name, options))).toBe(ANSWERS)
    })
  })
}
