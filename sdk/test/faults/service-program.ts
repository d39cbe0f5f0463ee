/** Started by the outage as a process of its own: a service on one framework, protected by the built package. */
import { createStepgate, type Stepgate } from '@stepgate/node'
import { protectExpress } from '@stepgate/node/express'
import { stepgateFastify } from '@stepgate/node/fastify'
import { guard } from '@stepgate/node/node-http'
import express from 'express'
import fastify from 'fastify'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  SERVICE_FRAMEWORKS,
  SERVICE_TEMPLATES,
  type ServiceAnswer,
  type ServiceFramework,
  type ServiceQuestion,
} from './service-protocol.ts'

const silent = { warn: () => undefined, error: () => undefined }

const START: Readonly<Record<ServiceFramework, (stepgate: Stepgate) => Promise<Server>>> = {
  express: (stepgate) => {
    const app = express()
    protectExpress(app, stepgate)
    for (const template of SERVICE_TEMPLATES) app.get(template, (_request, response) => void response.json({}))
    return listen(app)
  },
  fastify: async (stepgate) => {
    const app = fastify()
    await app.register(stepgateFastify, { stepgate })
    for (const template of SERVICE_TEMPLATES) app.get(template, () => ({}))
    await app.listen({ port: 0, host: '127.0.0.1' })
    return app.server
  },
  'node-http': (stepgate) => {
    const handlers = SERVICE_TEMPLATES.map((template) => ({
      prefix: template.split(':', 1)[0] ?? '',
      handle: guard(stepgate, 'GET', template, (_request, response) => response.end('{}')),
    }))
    return listen((request, response) => {
      const found = handlers.find(({ prefix }) => request.url?.startsWith(prefix) === true)
      if (found === undefined) response.writeHead(404).end()
      else found.handle(request, response)
    })
  },
}

const KEEP_ALIVE_MS = 120_000

async function listen(listener: RequestListener): Promise<Server> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

const tell = (answer: ServiceAnswer): void => void process.send?.(answer)

async function run(framework: ServiceFramework): Promise<void> {
  const stepgate = createStepgate({ logger: silent, workload: framework })
  const server = await START[framework](stepgate)
  await stepgate.started
  const tellStatus = (): void => {
    const { state, queued, stored, dropped } = stepgate.status()
    tell({ kind: 'status', status: { state, queued, stored, dropped } })
  }
  process.on('message', (question) => {
    if (question === ('close' satisfies ServiceQuestion)) void stepgate.close().then(tellStatus)
    else tellStatus()
  })
  process.on('disconnect', () => process.exit(0))
  // A connection that ends just when a client sends on it again would fail a request, whoever decides.
  server.keepAliveTimeout = KEEP_ALIVE_MS
  tell({ kind: 'listening', port: (server.address() as AddressInfo).port }) // it listens on a port
}

const framework = SERVICE_FRAMEWORKS.find((name) => name === process.argv[2])
if (framework === undefined) throw new Error(`one of ${SERVICE_FRAMEWORKS.join(', ')} has to be named`)
await run(framework)
