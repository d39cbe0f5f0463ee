/** Started by the lifecycle test as a process of its own. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createStepgate } from '../src/index.ts'
import { guard } from '../src/node-http.ts'
import { sendRaw } from './fixtures.ts'

const [, , mode] = process.argv
const stepgate = createStepgate({ logDecisions: 'none' })
// Nothing else keeps the process running here: whoever waits for the start has to get there.
await stepgate.started
if (!stepgate.ready()) throw new Error('not ready')
const server = createServer(guard(stepgate, 'GET', '/orders', (_request, response) => response.end('ok')))
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const { port } = server.address() as AddressInfo
if (mode === 'serve-and-handle') {
  process.once('SIGTERM', () => {
    server.close()
    void stepgate.close().then(() => process.exit(7))
  })
}
if (mode === 'script') {
  for (let index = 0; index < 2; index++) await sendRaw(port, 'GET', '/orders')
  server.close()
}
console.log(`port ${String(port)}`)
