import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type ConsoleProcess, startConsole, toConsoleEnvironment } from './console-process.ts'
import { parseSettings, type Settings } from './settings.ts'

/** `npm test` builds the console first; a run of single files may not have. */
const isBuilt = existsSync(fileURLToPath(new URL('../.next/BUILD_ID', import.meta.url)))
const WAIT = { timeout: 50_000, interval: 50 }
const secret = 'the secret that the console never sees'
const settings: Settings = {
  ...parseSettings({ DATABASE_URL: 'postgres://ann:hunter2@localhost/x' }),
  ...{ secret, secretSource: { value: secret }, previousSecretSource: null },
}

let folder: string
let console: ConsoleProcess
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stepgate-console-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const listen = () => ({ socketPath: join(folder, 'console.sock') })

function fetchStatus(path: string): Promise<number> {
  return new Promise((resolve) => {
    const outgoing = request({ ...listen(), path, headers: { host: 'localhost:3000' } }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    outgoing.on('error', () => resolve(0))
    outgoing.end()
  })
}

test('the console is told neither the database nor the secret', () => {
  vi.stubEnv('DATABASE_URL', 'postgres://ann:hunter2@localhost/x')
  const told = JSON.stringify(
    toConsoleEnvironment(settings, { host: '127.0.0.1', port: 1 }, 'http://127.0.0.1:3000', false),
  )
  expect(told).not.toContain('hunter2')
  expect(told).not.toContain(secret)
})

test.runIf(isBuilt)(
  'the console is started again when it is killed, and can read nothing but its own files',
  async () => {
    const notices: string[] = []
    writeFileSync(join(folder, 'secret'), secret)
    console = startConsole({
      settings,
      listen: listen(),
      gatewayUrl: 'http://127.0.0.1:9',
      dev: false,
      onNotice: (sentence) => notices.push(sentence),
    })
    await console.ready
    expect(await fetchStatus('/icon.svg')).toBe(200)
    const first = console.pid()!
    const command = readFileSync(`/proc/${first}/cmdline`, 'utf8')
    expect(command).toContain('--permission')
    expect(command).not.toMatch(/--allow-(child-process|worker|addons|wasi)/)
    expect(command).not.toContain(`${folder}\0`)

    process.kill(first, 'SIGKILL')
    await vi.waitUntil(async () => (await fetchStatus('/icon.svg')) === 200, WAIT)
    expect(console.pid()).not.toBe(first)
    expect(notices).toEqual([expect.stringMatching(/^The console ended unexpectedly; starting it again in \d+ ms\.$/)])
    await console.close()
    expect(await fetchStatus('/icon.svg')).toBe(0)
  },
)
