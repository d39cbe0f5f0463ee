/**
 * Hello-JSON three times in one process: bare, bare again and guarded, each with a copy of the framework of its own, as the
 * guard touches what a framework shares, and compiled code learns from whoever runs it. `node --expose-gc paired-server.ts <framework>`
 */
import type express from 'express'
import type fastify from 'fastify'
import { createServer, type RequestListener } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { protectExpress } from '../../sdk/src/express.ts'
import { stepgateFastify } from '../../sdk/src/fastify.ts'
import { createStepgate, type Stepgate } from '../../sdk/src/index.ts'

const VARIANTS = ['bare', 'twin', 'guarded'] as const
const BODY = { id: '42', state: 'paid', total: 1290, currency: 'EUR' }

function loadCopy(name: string): unknown {
  const load = createRequire(import.meta.url)
  for (const path of Object.keys(load.cache)) Reflect.deleteProperty(load.cache, path)
  return load(name)
}

async function startExpress(stepgate: Stepgate | null): Promise<number> {
  const app = (loadCopy('express') as typeof express)() // what the package exports
  app.disable('etag')
  if (stepgate !== null) protectExpress(app, stepgate)
  app.get('/orders/:orderId', (_request, response) => {
    response.json(BODY)
  })
  const server = createServer(app as unknown as RequestListener) // an application is a request listener
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

async function startFastify(stepgate: Stepgate | null): Promise<number> {
  const app = (loadCopy('fastify') as typeof fastify)() // what the package exports
  if (stepgate !== null) await app.register(stepgateFastify, { stepgate })
  app.get('/orders/:orderId', () => BODY)
  await app.listen({ port: 0, host: '127.0.0.1' })
  return (app.server.address() as AddressInfo).port
}

const start = process.argv[2] === 'express' ? startExpress : startFastify
const stepgate = createStepgate()
await stepgate.started
const ports: Record<string, number> = {}
for (const variant of VARIANTS) ports[variant] = await start(variant === 'guarded' ? stepgate : null)

process.on('message', (message) => {
  // Before a slice begins, what the one before it left is collected.
  if (message === 'collect') globalThis.gc?.({ type: 'minor' })
  const { user, system } = process.cpuUsage()
  process.send?.(user + system)
})
process.on('disconnect', () => process.exit(0))
process.send?.(ports)
