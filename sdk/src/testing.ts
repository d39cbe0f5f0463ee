/** Tests a service without a control plane: the real guard, with tokens and a configuration of the test's own. */
import type { GeoLookup } from './context/geo-lookup.ts'
import { StepgateUsageError } from './errors.ts'
import type { StepgateLogger } from './event-hub.ts'
import { attachEngine } from './guard/engine.ts'
import { requireKnown, requireUsable } from './known-names.ts'
import { SettingReader } from './setting-reader.ts'
import { parseAudiences, parseProxies } from './settings.ts'
import { TEST_CONFIGURATION_OPTIONS, type TestConfigurationOptions } from './testing/test-configuration.ts'
import { TestRuntime, type TestStepgate } from './testing/test-stepgate.ts'
import { requireMethods } from './testing/test-value.ts'

export type { TestConfigurationOptions, TestEndpoint, TestRule } from './testing/test-configuration.ts'
export type { TestTokenOptions, TestTokenProblem } from './testing/test-issuer.ts'
export type { GeoLookup, GeoPlace } from './context/geo-lookup.ts'
export type { TestDecision, TestRequest, TestStepgate } from './testing/test-stepgate.ts'

/** Settings of {@link createTestStepgate}. */
export interface TestStepgateOptions extends TestConfigurationOptions {
  /** As the option of `createStepgate`. Default none. */
  readonly trustedProxies?: string | readonly string[]
  /** As the option of `createStepgate`. Default none. */
  readonly audiences?: string | Readonly<Record<string, string>>
  /** As the option of `createStepgate`. Default none, so that rules about countries deny. */
  readonly geo?: GeoLookup
  /** Where warnings go. By default nowhere. */
  readonly logger?: StepgateLogger
}

const OWN_OPTIONS = ['trustedProxies', 'audiences', 'geo', 'logger'] satisfies (keyof TestStepgateOptions)[]

const silent: StepgateLogger = { warn: () => undefined, error: () => undefined }

/**
 * A stepgate for tests, to be handed to any adapter: it decides with the real guard, and needs neither a control plane nor
 * the environment's settings. Nothing is polled or reported, and no timer runs. `fetch`, `getToken` and `exchangeToken` mint their tokens;
 * all test stepgates of a process trust each other's. Throws `StepgateUsageError` (`testing-in-production`) with
 * `NODE_ENV=production`, for an option that does not exist (`name-unknown`), and for a value that does not fit (`value-unusable`), which it
 * names; `StepgateConfigurationError` for proxies and audiences that cannot be read.
 *
 * @example
 * const stepgate = createTestStepgate({
 *   endpoints: [{ method: 'GET', route: '/orders/:orderId', rule: { scopes: ['orders:read'] } }],
 * })
 * const token = stepgate.mintToken({ caller: 'billing', scopes: ['orders:read'] })
 * assert.equal(stepgate.decide({ method: 'GET', route: '/orders/:orderId', token }).outcome, 'allowed')
 */
export function createTestStepgate(options: TestStepgateOptions = {}): TestStepgate {
  const { NODE_ENV } = process.env
  if (NODE_ENV === 'production')
    throw new StepgateUsageError('testing-in-production', 'the testing kit trusts keys of its own; not in production')
  requireKnown('createTestStepgate', options, [...TEST_CONFIGURATION_OPTIONS, ...OWN_OPTIONS])
  const { logger = silent, geo = null } = options
  requireMethods('logger', logger, ['warn', 'error'])
  if (geo !== null) requireMethods('geo', geo, ['lookup'])
  const runtime = new TestRuntime({
    ...options,
    networks: parseProxies(new SettingReader(options, {})),
    audiences: parseAudiences(new SettingReader(options, {})),
    logger,
    geo,
  })
  const stepgate = toTestStepgate(runtime)
  attachEngine(stepgate, runtime)
  return stepgate
}

const toText = (snapshot: string | Uint8Array | object): string => {
  requireUsable(['string', 'object'].includes(typeof snapshot), 'load needs a configuration')
  if (typeof snapshot === 'string') return snapshot
  return snapshot instanceof Uint8Array ? Buffer.from(snapshot).toString('utf8') : JSON.stringify(snapshot)
}

const toTestStepgate = (runtime: TestRuntime): TestStepgate => ({
  started: Promise.resolve(),
  fetch: (input, init) => runtime.fetch(input, init),
  getToken: (audience, options) => runtime.getToken(audience, options),
  exchangeToken: (wish) => runtime.exchangeToken(wish),
  status: () => runtime.status(),
  ready: () => true,
  on: (event, listener) => runtime.on(event, listener),
  close: () => Promise.resolve(),
  mintToken: (options) => runtime.mintToken(options),
  setMode: (endpoint, mode, percent = 100) => runtime.configuration.setMode(endpoint, mode, percent),
  setRule: (endpoint, rule) => runtime.configuration.setRule(endpoint, rule),
  load: (snapshot) => runtime.configuration.load(toText(snapshot)),
  assertRouted: (...endpoints) => runtime.assertRouted(endpoints),
  decide: (request) => runtime.decide(request),
  get decisions() {
    return runtime.decisions
  },
  reset: () => runtime.reset(),
})
