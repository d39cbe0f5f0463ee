/** A name that does not exist is told, wherever one is given: left out without a word it would change what is decided or sent. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Stepgate } from '../src/index.ts'
import { guard, guardUpgrade } from '../src/node-http.ts'
import { instrumentStepgate } from '../src/opentelemetry.ts'
import { registerStepgateMetrics } from '../src/prometheus.ts'
import { createTestStepgate, type TestStepgate } from '../src/testing.ts'
import { TestControlPlane } from './control-plane.ts'
import { connect } from './fixtures.ts'

let plane: TestControlPlane
let real: Stepgate
let kit: TestStepgate

beforeEach(async () => {
  plane = await new TestControlPlane().start()
  real = connect(plane)
  kit = createTestStepgate()
  await real.started
})

afterEach(async () => {
  await real.close()
  await plane.kill()
})

const unknown = (...mentioned: string[]): unknown =>
  expect.objectContaining({
    name: 'StepgateUsageError',
    code: 'name-unknown',
    message: expect.stringMatching(new RegExp(mentioned.join('.*'))) as unknown,
  })
/** As somebody without types writes it. */
const untyped = (options: object): never => options as never

describe.each([
  ['a stepgate', () => real],
  ['one of the testing kit', () => kit],
])('%s', (_name, get) => {
  it('knows the options of a call', async () => {
    const audiance = untyped({ audiance: 'payments' })
    await expect(get().fetch(plane.url, audiance)).rejects.toThrow(unknown('audiance', 'audience'))
    await expect(get().getToken('payments', untyped({ scope: ['a:b'] }))).rejects.toThrow(unknown('scope', 'scopes'))
    const wish = untyped({ subjectToken: 'a', audience: 'payments', scope: [] })
    await expect(get().exchangeToken(wish)).rejects.toThrow(unknown('scope', 'scopes'))
  })

  it('takes every option that fetch has', async () => {
    const init: RequestInit & Record<string, unknown> = {
      ...{ method: 'GET', headers: {}, redirect: 'follow', signal: AbortSignal.timeout(5_000), keepalive: false },
      ...{ cache: 'no-store', credentials: 'omit', mode: 'cors', integrity: '', referrer: '', referrerPolicy: '' },
      ...{ duplex: 'half', next: { revalidate: 1 } },
    }
    expect((await get().fetch(plane.url, init)).status).toBe(401)
  })

  it('knows its events', () => {
    expect(() => get().on('denied' as never, () => undefined)).toThrow(unknown('denied', 'decision-denied'))
  })

  it('knows the options of what it is handed to', () => {
    const handler = (): undefined => undefined
    const parameters = untyped({ parameters: () => ({}) })
    expect(() => guard(get(), 'GET', '/orders', handler, parameters)).toThrow(unknown('parameters', 'params'))
    expect(() => guardUpgrade(get(), '/orders', handler, parameters)).toThrow(unknown('parameters', 'params'))
    const register = (): void => registerStepgateMetrics(get(), untyped({ registery: {} }))
    expect(register).toThrow(unknown('registery', 'registry'))
    expect(() => instrumentStepgate(get(), untyped({ meter: {} }))).toThrow(unknown('meter', 'api'))
  })
})

describe('the testing kit', () => {
  it('knows its options', () => {
    const endpoint = { method: 'GET', route: '/orders' }
    expect(() => createTestStepgate(untyped({ endpoint: [] }))).toThrow(unknown('endpoint', 'endpoints'))
    const misspelled = untyped({ endpoints: [{ method: 'GET', path: '/orders' }] })
    expect(() => createTestStepgate(misspelled)).toThrow(unknown('path', 'route'))
    expect(() => kit.mintToken(untyped({ scope: 'orders:read' }))).toThrow(unknown('scope', 'scopes'))
    const declared = createTestStepgate({ endpoints: [endpoint] })
    expect(() => declared.decide(untyped({ ...endpoint, tokens: [] }))).toThrow(unknown('tokens', 'token'))
  })
})
