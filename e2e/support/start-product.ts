import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const READY = 'Ctrl-C stops everything'
const READY_WITHIN_MS = 180_000

/**
 * Starts the demo as a person would: its own port, an empty data folder, the real fleet. STEPGATE_E2E_URL and
 * STEPGATE_E2E_DATA_DIR point to one that runs already.
 */
export default async function startProduct(): Promise<() => Promise<void>> {
  if (process.env['STEPGATE_E2E_URL'] !== undefined) return () => Promise.resolve()
  const port = await findFreePort()
  const dataDir = mkdtempSync(join(tmpdir(), 'stepgate-e2e-'))
  const demo = spawn(process.execPath, ['demo/start.ts'], {
    env: { ...process.env, PORT: String(port), STEPGATE_DATA_DIR: dataDir, LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  await untilReady(demo)
  process.env['STEPGATE_E2E_URL'] = `http://localhost:${String(port)}`
  process.env['STEPGATE_E2E_DATA_DIR'] = dataDir
  return async () => {
    await stop(demo)
    rmSync(dataDir, { recursive: true, force: true })
  }
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // listening on TCP
  server.close()
  return port
}

function untilReady(demo: ChildProcess): Promise<void> {
  let output = ''
  return new Promise((resolve, reject) => {
    const refuse = (why: string) => reject(new Error(`The demo ${why}:\n${output}`))
    const timer = setTimeout(() => refuse('was not ready in time'), READY_WITHIN_MS)
    const read = (chunk: Buffer) => {
      output += chunk.toString()
      if (!output.includes(READY)) return
      clearTimeout(timer)
      resolve()
    }
    demo.stdout?.on('data', read)
    demo.stderr?.on('data', read)
    demo.once('exit', () => refuse('ended'))
  })
}

async function stop(demo: ChildProcess): Promise<void> {
  demo.removeAllListeners('exit')
  const ended = once(demo, 'exit')
  demo.kill('SIGTERM')
  await ended
}
