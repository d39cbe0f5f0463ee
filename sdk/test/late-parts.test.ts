/** Parts that are loaded when they are needed: what does not need them is decided alike without, and what does waits for them. */
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ruleArbitrary } from '../../lib/policy/arbitraries.ts'
import type { ParsedRule } from '../../lib/policy/rule.ts'
import type * as Package from '../src/index.ts'
import type { Stepgate, StepgateOptions } from '../src/index.ts'
import { loadPart } from '../src/config/load-part.ts'
import { toContextNeeds, toContextPlan } from '../src/context/context-needs.ts'
import { asksForContext } from '../src/context/context-on-demand.ts'
import { SIGNAL_WATCHES } from '../src/context/context-settings.ts'
import { engineOf } from '../src/guard/engine.ts'
import type { RequestReader } from '../src/guard/request-reader.ts'
import { SDK_VERSION } from '../src/version.ts'
import { CLIENT_ID, CLIENT_SECRET, TestControlPlane } from './control-plane.ts'
import { bareRequestReader, type BareRequest } from './faults/decider.ts'
import { endpoint, scopesRule, silentLogger } from './fixtures.ts'
import { SDK_FOLDER } from './packed-package.ts'
import { makeProof, makeProofSigner } from './proofs.ts'
import { waitFor } from './wait-for.ts'

const asking = (requirement: ParsedRule['requirements'][number]): ParsedRule => ({
  access: 'token',
  requirements: [requirement],
})
const COUNTED = asking({ kind: 'rate', requestsMax: 1, windowSeconds: 3_600 })
const WATCHED = asking({ kind: 'signals', noneOf: ['device-first-seen'] })

describe('asksForContext', () => {
  const plane = new TestControlPlane()

  it('is true for every rule whose requests are looked at for more than their tokens', () => {
    fc.assert(
      fc.property(ruleArbitrary, fc.constantFrom(...SIGNAL_WATCHES), (rule, watch) => {
        const snapshot = plane.makeSnapshot({ endpoints: [endpoint('GET /orders', 'enforce', rule)] })
        fc.pre(watch !== 'all' && !asksForContext(snapshot))
        const plan = toContextPlan(snapshot, false, watch)
        expect([plan.lacksPlaces, toContextNeeds(rule, plan, () => null)]).toEqual([false, null])
      }),
    )
  })

  it.each([COUNTED, WATCHED, asking({ kind: 'condition', expression: 'true' }), asking({ kind: 'known-device' })])(
    'is true for %j',
    (rule) => {
      expect(asksForContext(plane.makeSnapshot({ endpoints: [endpoint('GET /orders', 'off', rule)] }))).toBe(true)
    },
  )

  it('is false for scopes', () => {
    expect(asksForContext(plane.makeSnapshot({ endpoints: [endpoint('GET /orders', 'enforce')] }))).toBe(false)
  })
})

describe('loadPart', () => {
  it('takes a part of this version, and none of another', async () => {
    const part = { SDK_VERSION }
    await expect(loadPart(() => Promise.resolve(part))).resolves.toBe(part)
    await expect(loadPart(() => Promise.resolve({ SDK_VERSION: '0.0.1' }))).rejects.toThrow('it is of version 0.0.1')
  })
})

describe('the package without one of its parts', () => {
  const plane = new TestControlPlane()
  const folders: string[] = []
  let errors: string[] = []
  let stepgate: Stepgate

  /** A copy of the package: a module that was loaded once is not read again. */
  async function install(
    missing: 'connection' | 'context' = 'context',
  ): Promise<{ readonly part: string } & Pick<typeof Package, 'createStepgate' | 'StepgateTokenError'>> {
    const home = mkdtempSync(join(tmpdir(), 'stepgate-parts-'))
    folders.push(home)
    // Whatever lies in such a folder is loaded by Node itself.
    const folder = join(home, 'node_modules/stepgate')
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
    for (const file of ['index.js', 'connection.js', 'outgoing-calls.js'])
      if (file !== `${missing}.js`) restore(join(folder, file))
    const loaded = (await import(pathToFileURL(join(folder, 'index.js')).href)) as typeof Package
    return { ...loaded, part: join(folder, `${missing}.js`) }
  }
  const restore = (part: string): void => copyFileSync(join(SDK_FOLDER, 'dist', basename(part)), part)

  async function start(create: typeof Package.createStepgate, options: StepgateOptions = {}): Promise<void> {
    const { url, configKey } = plane
    errors = []
    stepgate = create({
      ...{ url, configKey: configKey.pin, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, logger: silentLogger },
      ...options,
    })
    stepgate.on('error', ({ code }) => errors.push(code))
    await stepgate.started
  }
  const publish = (rule: ParsedRule): void => {
    plane.publish({ endpoints: [endpoint('GET /orders', 'enforce', rule)] })
  }
  const ask = (token: string | null): string => {
    const { guard, routes } = engineOf(stepgate)
    const request = { authorization: token === null ? undefined : `Bearer ${token}` }
    const answer = guard.check(routes.register('GET', '/orders'), request, bareRequestReader)
    return answer !== null && 'refused' in answer ? String(answer.status) : (answer?.outcome ?? 'undecided')
  }
  const askByScopes = (): string[] =>
    [
      plane.issueToken(),
      plane.issueToken({ scope: 'x' }),
      plane.issueToken({ cnf: { jkt: 'A'.repeat(43) } }),
      null,
    ].map(ask)
  const BY_SCOPES = ['allowed', '403', '401', '401']

  beforeAll(() => plane.start())
  afterEach(() => stepgate.close())
  afterAll(async () => {
    await plane.kill()
    for (const folder of folders) rmSync(folder, { recursive: true })
  })

  it('decides by scopes, and asks bound tokens for their proof', async () => {
    publish(scopesRule('orders:read'))
    await start((await install()).createStepgate)
    expect([askByScopes(), stepgate.status().state, errors]).toEqual([BY_SCOPES, 'fresh', []])
  })

  it('lets a bound token pass with its proof, from the very first request on', async () => {
    publish(scopesRule('orders:read'))
    await start((await install()).createStepgate)
    const signer = makeProofSigner('ES256')
    const token = plane.issueToken({ cnf: { jkt: signer.thumbprint } })
    const headers = { host: 'orders', dpop: makeProof(signer, { url: 'http://orders/orders', token }) }
    const reader: RequestReader<BareRequest> = {
      ...bareRequestReader,
      header: (_request, name) => (headers as Readonly<Record<string, string>>)[name],
    }
    const { guard, routes } = engineOf(stepgate)
    const route = routes.register('GET', '/orders')
    expect(guard.check(route, { authorization: `DPoP ${token}` }, reader)).toMatchObject({ outcome: 'allowed' })
    expect(guard.check(route, { authorization: `DPoP ${token}` }, reader)).toMatchObject({ status: 401 })
  })

  it('keeps the configuration it has until the part that the next one needs is there', async () => {
    const { part, createStepgate } = await install()
    publish(scopesRule('orders:read'))
    await start(createStepgate)
    const { revision } = stepgate.status()
    publish(COUNTED)
    await waitFor('the failure', () => errors.includes('part-missing'))
    await waitFor('the state', () => stepgate.status().state === 'stale')
    expect(stepgate.status()).toMatchObject({
      revision,
      lastError: `the configuration was not accepted (${plane.url})`,
    })
    expect(askByScopes()).toEqual(BY_SCOPES)
    restore(part)
    await waitFor('the configuration', () => stepgate.status().revision === plane.snapshot.revision)
    const token = plane.issueToken()
    expect([ask(token), ask(token), stepgate.status().state]).toEqual(['allowed', '429', 'fresh'])
  })

  it('takes no part of another version', async () => {
    const { part, createStepgate } = await install()
    writeFileSync(part, 'export const SDK_VERSION = "0.0.1"; export class ContextRuntime {}')
    publish(WATCHED)
    await start(createStepgate)
    expect([stepgate.status().state, ask(plane.issueToken()), errors[0]]).toEqual(['closed', '503', 'part-missing'])
  })

  it('answers 503 where it has no other configuration, and counts from the first request it decides', async () => {
    const { part, createStepgate } = await install()
    publish(COUNTED)
    await start(createStepgate)
    const token = plane.issueToken()
    expect([stepgate.status().state, stepgate.ready(), ask(token)]).toEqual(['closed', false, '503'])
    restore(part)
    await waitFor('the configuration', () => stepgate.ready())
    expect([ask(token), ask(token)]).toEqual(['allowed', '429'])
  })

  it('does not start from a copy on disk that needs it', async () => {
    const { part, createStepgate } = await install()
    const stateDir = mkdtempSync(join(dirname(part), 'state-'))
    restore(part)
    publish(COUNTED)
    await start(createStepgate, { stateDir })
    await waitFor('the copy', () => readdirSync(stateDir).some((file) => file.endsWith('.snapshot')))
    await stepgate.close()
    plane.fault = (_request, response) => Boolean(response.writeHead(503).end())
    await start((await install()).createStepgate, { stateDir })
    plane.fault = null
    expect([stepgate.status().state, ask(plane.issueToken()), errors[0]]).toEqual(['closed', '503', 'part-missing'])
  })

  it('stays closed until what connects it is there, and says so once', async () => {
    const { part, createStepgate } = await install('connection')
    publish(scopesRule('orders:read'))
    await start(createStepgate)
    expect([askByScopes(), stepgate.status().state, errors]).toEqual([
      ['503', '503', '503', '503'],
      'closed',
      ['part-missing'],
    ])
    restore(part)
    await waitFor('the configuration', () => stepgate.ready())
    expect([askByScopes(), errors]).toEqual([BY_SCOPES, ['part-missing']])
  })

  it('throws its own kind of error where a token is asked for without what connects it', async () => {
    const { part, createStepgate, StepgateTokenError } = await install('connection')
    await start(createStepgate)
    await expect(stepgate.getToken('orders')).rejects.toThrow(StepgateTokenError)
    await expect(stepgate.fetch(`${plane.url}/orders`, { audience: 'orders' })).rejects.toThrow(StepgateTokenError)
    restore(part)
    plane.fault = (_request, response, route) =>
      route === 'POST /oauth/token' && Boolean(response.writeHead(401).end('{"error":"invalid_client"}'))
    await expect(stepgate.getToken('orders')).rejects.toThrow(StepgateTokenError)
    plane.fault = null
    await expect(stepgate.getToken('orders')).resolves.toMatchObject({ tokenType: 'Bearer' })
  })

  it('ends while it is still being connected', async () => {
    const { createStepgate } = await install()
    publish(scopesRule('orders:read'))
    const { url, configKey } = plane
    stepgate = createStepgate({ url, configKey: configKey.pin, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET })
    await stepgate.close()
    await stepgate.started
    expect([stepgate.status().state, stepgate.status().lastPollAt]).toEqual(['closed', null])
  })

  it('says of databases that they were not read', async () => {
    publish(scopesRule('orders:read'))
    await start((await install()).createStepgate, { geoDatabases: ['/missing.mmdb'] })
    expect(stepgate.status()).toMatchObject({
      state: 'closed',
      geoDatabases: [{ path: '/missing.mmdb', type: null, builtAt: null, error: null }],
    })
  })
})
