/** Services that are compiled against the package as it is installed, strictly and with all declarations checked. */
import { beforeAll, describe, expect, it } from 'vitest'
import { ENTRIES, installBeside, type Installation } from './packed-package.ts'

const PROGRAM = `import express from 'express'
import fastify from 'fastify'
import { createServer } from 'node:http'
import { createStepgate, type Stepgate, type StepgateStatus } from '@stepgate/node'
import { protectExpress } from '@stepgate/node/express'
import { stepgateFastify } from '@stepgate/node/fastify'
import { guard } from '@stepgate/node/node-http'
import { instrumentStepgate } from '@stepgate/node/opentelemetry'
import { toPrometheusText } from '@stepgate/node/prometheus'
import { createTestStepgate, type TestDecision } from '@stepgate/node/testing'

const stepgate: Stepgate = createStepgate({ audiences: { 'http://orders': 'orders' }, logger: console, logDecisions: 'all' })
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
export const text: string = toPrometheusText(stepgate)
export const instrument = instrumentStepgate
const testing = createTestStepgate({ endpoints: [{ method: 'GET', route: '/orders', rule: { scopes: ['orders:read'] } }] })
protectExpress(express(), testing)
export const decision: TestDecision = testing.decide({ method: 'GET', route: '/orders', token: testing.mintToken({ kind: 'user' }) })
`

const EXPRESS_PROGRAM = `import express from 'express'
import { createStepgate } from '@stepgate/node'
import { protectExpress } from '@stepgate/node/express'
const app = express()
protectExpress(app, createStepgate())
app.get('/orders', (request, response) => { response.json(request.stepgate?.scopes) })
// @ts-expect-error -- were the types lost, this would be no mistake
createStepgate({ url: 1 })
export * from '@stepgate/node/testing'
export * from '@stepgate/node/prometheus'
export * from '@stepgate/node/opentelemetry'
`

const EVERY_ENTRY = ENTRIES.map((entry, index) => `export * as entry${String(index)} from '${entry}'`).join('\n')

/** The installation is beside all frameworks. */
export function describeTypes(installation: () => Installation): void {
  describe('a service that is compiled beside all frameworks', () => {
    beforeAll(() => {
      for (const file of ['module.ts', 'common.cts']) {
        installation().write(file, PROGRAM)
        installation().write(`every-${file}`, EVERY_ENTRY)
      }
    })

    it('has its types with moduleResolution nodenext, in both module systems', () => {
      const files = ['module.ts', 'common.cts', 'every-module.ts', 'every-common.cts']
      expect(installation().compile(files, 'nodenext')).toEqual([])
    })

    it('has its types with moduleResolution bundler', () => {
      expect(installation().compile(['module.ts'], 'bundler')).toEqual([])
    })
  })

  it('compiles beside Express alone, the entries of other frameworks aside', () => {
    const installed = installBeside(installation(), 'express', '@types/express')
    installed.write('service.ts', EXPRESS_PROGRAM)
    expect(installed.compile(['service.ts'], 'nodenext')).toEqual([])
  })
}
