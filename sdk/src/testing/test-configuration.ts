import {
  member,
  readArray,
  readInteger,
  readOneOf,
  requireDistinct,
  type Field,
} from '../../../lib/policy/field-reader.ts'
import { parseSnapshot } from '../../../lib/policy/parse-snapshot.ts'
import { RULE_DEFAULT, type Rule } from '../../../lib/policy/rule.ts'
import { SNAPSHOT_FORMAT, type Snapshot, type SnapshotEndpoint } from '../../../lib/policy/snapshot.ts'
import { MODES, UNDECLARED_MODES, type Mode } from '../../../lib/policy/vocabulary.ts'
import { StepgateUsageError } from '../errors.ts'
import { listNames, readMethod, splitName, toEndpointName } from './test-endpoint-name.ts'
import { trustTestKey } from './test-issuer.ts'
import { readTestRule } from './test-rule.ts'
import { readAnyText, readOr, readTestValue, readText, readTexts, requireMembers } from './test-value.ts'

/** What an endpoint requires: scopes alone, or a whole rule as the control plane has it. */
export type TestRule =
  | Rule
  | {
      /** Scopes the token needs, all of them. Empty: a valid token will do. */
      readonly scopes: readonly string[]
    }

/** An endpoint of a test's configuration. */
export interface TestEndpoint {
  /** HTTP method, in upper case. HEAD is decided as GET. */
  readonly method: string
  /** Route template as the framework knows it, `/orders/:orderId`. */
  readonly route: string
  /** What a denial does. Default `enforce`. */
  readonly mode?: Mode
  /** With `enforce` the share of callers that is enforced, 1 to 100. Default 100. */
  readonly percent?: number
  /** What the endpoint requires. Default: a valid token, no scopes. */
  readonly rule?: TestRule
}

/** The configuration a test begins with. What is left out is as a service without any configuration has it. */
export interface TestConfigurationOptions {
  /** Endpoints that are declared. Default none. */
  readonly endpoints?: readonly TestEndpoint[]
  /** What routes do that are not declared. Default `off`. */
  readonly undeclaredMode?: Mode
  /** Name of the service, and so the audience of its tokens. Default `test-service`. */
  readonly service?: string
  /** `client_id`s that may not call, whatever token they hold. Default none. */
  readonly disabledIdentities?: readonly string[]
  /** Values of `jti` that are revoked; set the claim by `mintToken({ claims: { jti } })`. Default none. */
  readonly revokedTokens?: readonly string[]
}

export const TEST_CONFIGURATION_OPTIONS = [
  'endpoints',
  'undeclaredMode',
  'service',
  'disabledIdentities',
  'revokedTokens',
] satisfies (keyof TestConfigurationOptions)[]

const ENDPOINT_OPTIONS = ['method', 'route', 'mode', 'percent', 'rule'] satisfies (keyof TestEndpoint)[]

const ENDPOINTS_MAX = 20_000

const nameOf = ({ method, route }: SnapshotEndpoint): string => toEndpointName(method, route)

const readMode = (field: Field): Mode => readOneOf(field, MODES)
const readPercent = (field: Field): number => readInteger(field, 1, 100)

function readEndpoint(field: Field): SnapshotEndpoint {
  requireMembers(field, ENDPOINT_OPTIONS)
  const [method, route] = [member(field, 'method'), member(field, 'route')]
  return {
    ...toSnapshotEndpoint(toEndpointName(readMethod(method), readAnyText(route)), 'enforce'),
    mode: readOr(member(field, 'mode'), 'enforce', readMode),
    percent: readOr(member(field, 'percent'), 100, readPercent),
    rule: readOr(member(field, 'rule'), RULE_DEFAULT, readTestRule),
  }
}

function readEndpoints(field: Field): SnapshotEndpoint[] {
  const endpoints = readArray(field, ENDPOINTS_MAX, readEndpoint)
  requireDistinct(endpoints, field.path, nameOf)
  return endpoints
}

function toSnapshotEndpoint(name: string, mode: Mode): SnapshotEndpoint {
  const [method, route] = splitName(name)
  return { id: name, method, route, mode, percent: 100, rule: RULE_DEFAULT }
}

function readConfiguration(value: unknown): Snapshot {
  const option = (name: keyof TestConfigurationOptions): Field => member({ value, path: '' }, name)
  const service = readOr(option('service'), 'test-service', readText)
  const issuer = { audience: service, scopeClaim: 'scope', claimScopes: [], keys: [] }
  return {
    format: SNAPSHOT_FORMAT,
    epoch: 'test',
    revision: 1,
    environment: 'test',
    service,
    publishedAt: new Date(0).toISOString(),
    undeclaredMode: readOr(option('undeclaredMode'), 'off', (field) => readOneOf(field, UNDECLARED_MODES)),
    endpoints: readOr(option('endpoints'), [], readEndpoints),
    issuers: [
      { ...issuer, issuer: 'https://stepgate.test', name: 'stepgate', kind: 'stepgate' },
      { ...issuer, issuer: 'https://users.test', name: 'users', kind: 'oidc' },
    ],
    disabledIdentities: readOr(option('disabledIdentities'), [], readTexts),
    revokedTokens: readOr(option('revokedTokens'), [], readTexts).map((jti) => ({ jti, expiresAt: 0 })),
    knownDevices: [],
    poll: { waitSeconds: 25, intervalSeconds: 15 },
    report: { intervalSeconds: 5, samplesPerSignature: 0 },
  }
}

type ReadChange = (endpoint: SnapshotEndpoint) => SnapshotEndpoint

/** The configuration of a test stepgate. Each change is a revision, read as published ones are. */
export class TestConfiguration {
  readonly #initial: Snapshot
  readonly #apply: (snapshot: Snapshot) => void
  readonly #routed: () => readonly string[]
  #current: Snapshot

  /** `routed` names the routes of the application. */
  constructor(options: TestConfigurationOptions, routed: () => readonly string[], apply: (snapshot: Snapshot) => void) {
    this.#initial = trustTestKey(readTestValue('createTestStepgate', () => readConfiguration(options)))
    this.#current = this.#initial
    this.#routed = routed
    this.#apply = apply
    apply(this.#initial)
  }

  get snapshot(): Snapshot {
    return this.#current
  }

  /** Names of the endpoints that the configuration has. */
  get declared(): readonly string[] {
    return this.#current.endpoints.map(nameOf)
  }

  /** Throws when the endpoint is neither declared nor registered: a test that decides nothing would pass. */
  requireEndpoint(name: string): string {
    const wanted = toEndpointName(...splitName(name))
    const known = [...new Set([...this.declared, ...this.#routed()])]
    if (!known.includes(wanted))
      throw new StepgateUsageError(
        'endpoint-not-declared',
        `"${wanted}" is neither declared nor registered with the framework; there are: ${listNames(known)}`,
      )
    return wanted
  }

  setMode(name: string, mode: Mode, percent: number): void {
    this.#change('setMode', name, (present) => ({
      ...present,
      mode: readMode({ value: mode, path: 'mode' }),
      percent: readPercent({ value: percent, path: 'percent' }),
    }))
  }

  setRule(name: string, rule: TestRule): void {
    this.#change('setRule', name, (present) => ({ ...present, rule: readTestRule({ value: rule, path: 'rule' }) }))
  }

  /** The text of a configuration as it is published. */
  load(json: string): void {
    this.#adopt(trustTestKey(readTestValue('load', () => parseSnapshot(json))))
  }

  reset(): void {
    this.#adopt(this.#initial)
  }

  #change(owner: string, name: string, change: ReadChange): void {
    const wanted = this.requireEndpoint(readTestValue(owner, () => readText({ value: name, path: 'endpoint' })))
    const { endpoints, undeclaredMode } = this.#current
    const present = endpoints.find((known) => nameOf(known) === wanted) ?? toSnapshotEndpoint(wanted, undeclaredMode)
    const others = endpoints.filter((known) => nameOf(known) !== wanted)
    const changed = readTestValue(owner, () => change(present))
    this.#adopt({ ...this.#current, endpoints: [...others, changed] })
  }

  #adopt(snapshot: Snapshot): void {
    this.#current = { ...snapshot, revision: this.#current.revision + 1 }
    this.#apply(this.#current)
  }
}
