/** Starting and ending with the process, as seen from outside. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { CLIENT_ID, CLIENT_SECRET, TestControlPlane } from './control-plane.ts'
import { endpoint, sendRaw } from './fixtures.ts'
import { waitFor } from './wait-for.ts'

const PROGRAM = fileURLToPath(new URL('./lifecycle-program.ts', import.meta.url))

let plane: TestControlPlane

beforeEach(async () => {
  plane = await new TestControlPlane([endpoint('GET /orders', 'enforce')]).start()
  // Nothing is reported unless the end of the process makes it so.
  plane.publish({ report: { intervalSeconds: 3_600, samplesPerSignature: 1 } })
})

afterEach(() => plane.kill())

interface Program {
  readonly process: ChildProcess
  readonly port: () => number
  readonly exit: Promise<unknown[]>
}

function run(mode: 'serve' | 'serve-and-handle' | 'script'): Program {
  const child = spawn(process.execPath, ['--no-warnings', PROGRAM, mode], {
    env: {
      ...process.env,
      STEPGATE_URL: plane.url,
      STEPGATE_CLIENT_ID: CLIENT_ID,
      STEPGATE_CLIENT_SECRET: CLIENT_SECRET,
      STEPGATE_CONFIG_KEY: plane.configKey.pin,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  return { process: child, port: () => Number(/port (\d+)/.exec(output)?.[1] ?? 0), exit: once(child, 'exit') }
}

const counted = (): number => plane.signatures.reduce((sum, { count }) => sum + count, 0)

it.each(['serve', 'serve-and-handle'] as const)('reports what is left and ends by SIGTERM (%s)', async (mode) => {
  const program = run(mode)
  await waitFor('the service', () => program.port() > 0)
  for (let index = 0; index < 3; index++) await sendRaw(program.port(), 'GET', '/orders')
  program.process.kill('SIGTERM')
  const [code, signal] = await program.exit
  expect([code, signal]).toEqual(mode === 'serve' ? [null, 'SIGTERM'] : [7, null])
  expect(counted()).toBe(3)
})

it('does not keep a program running that has nothing left to do, and reports before it ends', async () => {
  const program = run('script')
  const [code] = await program.exit
  expect(code).toBe(0)
  expect(counted()).toBe(2)
})
