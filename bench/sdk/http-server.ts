/** One server of the throughput bench, in a process of its own: `node http-server.ts <framework> <guard>`; prints its port. */
import express from 'express'
import { auth } from 'express-oauth2-jwt-bearer'
import fastify from 'fastify'
import { Agent, createServer, request, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzip, gzip } from 'node:zlib'
import { protectExpress } from '../../sdk/src/express.ts'
import { stepgateFastify } from '../../sdk/src/fastify.ts'
import { createStepgate } from '../../sdk/src/index.ts'
import { profileOwnShare, type OwnShare } from './own-share.ts'

const [, , framework, guardKind] = process.argv
const BODY = { id: '42', state: 'paid', total: 1290, currency: 'EUR' }

const CALL_EVERY_MS = 2_000
const agent = new Agent({ keepAlive: true })

/**
 * Calls another service now and then, with packed bodies, as hardly any service does not. Node's streams then carry more kinds
 * of objects than a server that only answers brings about, for which alone their compiled code can be the fastest there is.
 */
function callOut(): void {
  gzip(JSON.stringify(BODY), (_error, packed) => {
    const call = request(process.env['BENCH_JWKS'] ?? '', { method: 'POST', agent }, (answer) => answer.resume())
    call.on('error', () => undefined) // nobody needs the answer
    call.end(packed)
    gunzip(packed, () => undefined)
  })
}
if (guardKind === 'calls') setInterval(callOut, CALL_EVERY_MS)

async function startExpress(): Promise<number> {
  const app = express()
  app.disable('etag')
  if (guardKind === 'stepgate') {
    const stepgate = createStepgate()
    protectExpress(app, stepgate)
    await stepgate.started
  }
  if (guardKind === 'peer')
    app.use(
      auth({
        issuer: process.env['BENCH_ISSUER'] ?? '',
        jwksUri: process.env['BENCH_JWKS'] ?? '',
        audience: 'orders',
        tokenSigningAlg: 'EdDSA',
      }),
    )
  app.get('/orders/:orderId', (_request, response) => {
    response.json(BODY)
  })
  const server = createServer(app as unknown as RequestListener) // an application is a request listener
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

async function startFastify(): Promise<number> {
  const app = fastify()
  if (guardKind === 'stepgate') {
    const stepgate = createStepgate()
    await app.register(stepgateFastify, { stepgate })
    await stepgate.started
  }
  if (guardKind === 'headers') {
    app.addHook('onRequest', (request, _reply, done) => {
      if (request.headers.authorization === undefined) request.log.warn('no token')
      done()
    })
  }
  app.get('/orders/:orderId', () => BODY)
  await app.listen({ port: 0, host: '127.0.0.1' })
  return (app.server.address() as AddressInfo).port
}

console.log(`port ${String(await (framework === 'express' ? startExpress() : startFastify()))}`)

/** The middleware lies in files of its own; this one and packages do not. */
const isMiddleware = (url: string): boolean => /\/middleware-[^/]+$/.test(url)

function cpuMicroseconds(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}

let stopProfile: (() => Promise<OwnShare>) | null = null
async function answer(question: unknown): Promise<unknown> {
  if (question === 'cpu') return cpuMicroseconds()
  if (question === 'profiled') return stopProfile?.()
  stopProfile = await profileOwnShare(isMiddleware)
  return 'begun'
}

process.on('message', (question) => void answer(question).then((said) => process.send?.(said)))
process.on('disconnect', () => process.exit(0))
