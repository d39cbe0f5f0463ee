import { parseSnapshot } from '../../../lib/policy/parse-snapshot.ts'
import { RULE_DEFAULT, type ParsedRule, type Rule } from '../../../lib/policy/rule.ts'
import { serializeSnapshot } from '../../../lib/policy/serialize-snapshot.ts'
import { SNAPSHOT_FORMAT, type Snapshot, type SnapshotEndpoint } from '../../../lib/policy/snapshot.ts'
import type { Mode } from '../../../lib/policy/vocabulary.ts'
import { StepgateUsageError } from '../errors.ts'
import { requireKnown } from '../known-names.ts'
import { toEndpointTemplate } from '../guard/template.ts'
import { trustTestKey } from './test-issuer.ts'

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

/** `GET /orders/:orderId`: how a test names an endpoint. HEAD is decided as GET. */
export function toEndpointName(method: string, route: string): string {
  const verb = method.toUpperCase()
  return `${verb === 'HEAD' ? 'GET' : verb} ${toEndpointTemplate(route)}`
}

function readEndpointName(name: string): { readonly method: string; readonly route: string } {
  const [method = '', route = ''] = name.trim().split(/\s+/, 2)
  const [verb = '', template = ''] = toEndpointName(method, route).split(' ')
  return { method: verb, route: template }
}

const toRule = (rule: TestRule | ParsedRule): ParsedRule => {
  if (!('scopes' in rule)) return rule
  return {
    access: 'token',
    requirements: rule.scopes.length === 0 ? [] : [{ kind: 'scopes', allOf: rule.scopes }],
  }
}

function toSnapshotEndpoint(endpoint: TestEndpoint): SnapshotEndpoint {
  requireKnown('an endpoint of a test', endpoint, ENDPOINT_OPTIONS)
  const { method, route, mode = 'enforce', percent = 100, rule = RULE_DEFAULT } = endpoint
  return {
    id: toEndpointName(method, route),
    ...readEndpointName(`${method} ${route}`),
    mode,
    percent,
    rule: toRule(rule),
  }
}

function toSnapshot(options: TestConfigurationOptions): Snapshot {
  const { endpoints = [], undeclaredMode = 'off', service = 'test-service' } = options
  const issuer = { audience: service, scopeClaim: 'scope', claimScopes: [], keys: [] }
  return {
    format: SNAPSHOT_FORMAT,
    epoch: 'test',
    revision: 1,
    environment: 'test',
    service,
    publishedAt: new Date(0).toISOString(),
    undeclaredMode,
    endpoints: endpoints.map(toSnapshotEndpoint),
    issuers: [
      { ...issuer, issuer: 'https://stepgate.test', name: 'stepgate', kind: 'stepgate' },
      { ...issuer, issuer: 'https://users.test', name: 'users', kind: 'oidc' },
    ],
    disabledIdentities: options.disabledIdentities ?? [],
    revokedTokens: (options.revokedTokens ?? []).map((jti) => ({ jti, expiresAt: 0 })),
    knownDevices: [],
    poll: { waitSeconds: 25, intervalSeconds: 15 },
    report: { intervalSeconds: 5, samplesPerSignature: 0 },
  }
}

/** A mistake in a test's configuration is told as a mistake in a published one is. */
const accept = (json: string): Snapshot => trustTestKey(parseSnapshot(json))

/** The configuration of a test stepgate. Each change is a revision, read by the parser that reads published ones. */
export class TestConfiguration {
  readonly #initial: Snapshot
  readonly #apply: (snapshot: Snapshot) => void
  readonly #registered: () => readonly { readonly method: string; readonly route: string }[]
  #current: Snapshot

  constructor(
    options: TestConfigurationOptions,
    registered: () => readonly { readonly method: string; readonly route: string }[],
    apply: (snapshot: Snapshot) => void,
  ) {
    this.#initial = accept(serializeSnapshot(toSnapshot(options)))
    this.#current = this.#initial
    this.#registered = registered
    this.#apply = apply
    apply(this.#initial)
  }

  get snapshot(): Snapshot {
    return this.#current
  }

  /** Throws when the endpoint is neither declared nor registered: a test that decides nothing would pass. */
  requireEndpoint(name: string): string {
    const { method, route } = readEndpointName(name)
    const wanted = toEndpointName(method, route)
    const known = this.#names()
    if (!known.includes(wanted))
      throw new StepgateUsageError(
        'endpoint-not-declared',
        `"${wanted}" is neither declared nor registered with the framework; there are: ${known.slice(0, 20).join(', ') || 'none'}`,
      )
    return wanted
  }

  change(
    name: string,
    change: Partial<Pick<SnapshotEndpoint, 'mode' | 'percent'>> & { readonly rule?: TestRule },
  ): void {
    const wanted = this.requireEndpoint(name)
    const { endpoints, undeclaredMode } = this.#current
    const isWanted = ({ method, route }: SnapshotEndpoint): boolean => toEndpointName(method, route) === wanted
    const present =
      endpoints.find(isWanted) ?? toSnapshotEndpoint({ ...readEndpointName(wanted), mode: undeclaredMode })
    const { rule = present.rule, ...others } = change
    const changed = { ...present, ...others, rule: toRule(rule) }
    this.load(
      serializeSnapshot({ ...this.#current, endpoints: [...endpoints.filter((known) => !isWanted(known)), changed] }),
    )
  }

  load(json: string): void {
    this.#adopt({ ...accept(json), revision: this.#current.revision + 1 })
  }

  reset(): void {
    this.#adopt({ ...this.#initial, revision: this.#current.revision + 1 })
  }

  #adopt(snapshot: Snapshot): void {
    this.#current = snapshot
    this.#apply(snapshot)
  }

  #names(): readonly string[] {
    const all = [...this.#current.endpoints, ...this.#registered()]
    return [...new Set(all.map(({ method, route }) => toEndpointName(method, route)))]
  }
}
