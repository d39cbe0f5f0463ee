import { RULE_DEFAULT, type ParsedRule } from '../../../lib/policy/rule.ts'
import type { Snapshot, SnapshotEndpoint } from '../../../lib/policy/snapshot.ts'
import type { Mode } from '../../../lib/policy/vocabulary.ts'
import type { ContextNeeds } from '../context/context-needs.ts'
import type { Fold } from '../report/fold.ts'
import { toMethod } from './http-method.ts'
import { toEndpointTemplate } from './template.ts'

/** What the configuration says about one route. */
export interface Binding {
  readonly mode: Mode
  readonly percent: number
  readonly rule: ParsedRule
  /** False where no endpoint of the snapshot covers the route: it follows the mode for undeclared routes. */
  readonly isDeclared: boolean
  readonly revision: number
  /** The answer depends on the caller alone, not on the moment, the address or anything else around the request. */
  readonly isConstant: boolean
  readonly needsAddress: boolean
  /** What of its surroundings has to be looked at; null where nothing has. */
  readonly needs: ContextNeeds | null
  /** Counts the requests of a route whose mode is off. */
  unevaluated: Fold | null
}

/** A route of the service's framework: method and template as they were registered. */
export class Route {
  readonly method: string
  readonly template: string
  /** Place in the order of registration. */
  readonly number: number
  /** Null until a configuration was applied: the route is closed. */
  binding: Binding | null = null

  constructor(method: string, template: string, number: number) {
    this.method = method
    this.template = template
    this.number = number
  }
}

const keyOf = (method: string, template: string): string => `${method} ${template}`

const dependsOnRequest = (rule: ParsedRule, kind: string): boolean =>
  rule.requirements.some((requirement) => requirement.kind === kind)

type NeedsOf = (rule: ParsedRule) => ContextNeeds | null

const nothingNeeded: NeedsOf = () => null

function toBinding(endpoint: SnapshotEndpoint | undefined, snapshot: Snapshot, needsOf: NeedsOf): Binding {
  const rule = endpoint?.rule ?? RULE_DEFAULT
  const needsAddress = dependsOnRequest(rule, 'network')
  const needs = needsOf(rule)
  return {
    mode: endpoint?.mode ?? snapshot.undeclaredMode,
    percent: endpoint?.percent ?? 100,
    rule,
    isDeclared: endpoint !== undefined,
    revision: snapshot.revision,
    isConstant: needs === null && !needsAddress && !dependsOnRequest(rule, 'max-token-age'),
    needsAddress,
    needs,
    unevaluated: null,
  }
}

/** The routes of a service, each bound to its endpoint of the snapshot when either of them arrives. */
export class RouteTable {
  readonly #routes = new Map<string, Route>()
  readonly #onRegister: () => void
  #endpoints = new Map<string, SnapshotEndpoint>()
  #snapshot: Snapshot | null = null
  #needsOf = nothingNeeded

  /** `onRegister` is told of each route that is new. */
  constructor(onRegister: () => void) {
    this.#onRegister = onRegister
  }

  get size(): number {
    return this.#routes.size
  }

  /** The route for a method and template, made when it is new. HEAD is decided as the GET that answers it. */
  register(method: string, template: string): Route {
    const verb = toMethod(method)
    const [decided, normalized] = [verb === 'HEAD' ? 'GET' : verb, toEndpointTemplate(template)]
    const known = this.#routes.get(keyOf(decided, normalized))
    if (known !== undefined) return known
    const route = new Route(decided, normalized, this.#routes.size)
    this.#routes.set(keyOf(decided, normalized), route)
    this.#bind(route)
    this.#onRegister()
    return route
  }

  /** `needsOf` says what of their surroundings requests of an endpoint need. */
  bind(snapshot: Snapshot, needsOf: NeedsOf = nothingNeeded): void {
    this.#snapshot = snapshot
    this.#needsOf = needsOf
    this.#endpoints = new Map(
      snapshot.endpoints.map((endpoint) => [keyOf(endpoint.method, toEndpointTemplate(endpoint.route)), endpoint]),
    )
    for (const route of this.#routes.values()) this.#bind(route)
  }

  list(): { readonly method: string; readonly route: string }[] {
    return Array.from(this.#routes.values(), ({ method, template }) => ({ method, route: template }))
  }

  #bind(route: Route): void {
    if (this.#snapshot === null) return
    route.binding = toBinding(this.#endpoints.get(keyOf(route.method, route.template)), this.#snapshot, this.#needsOf)
  }
}
