import { StepgateUsageError } from '../errors.ts'
import { RouteTable, type Route } from '../guard/route-table.ts'
import { findNear } from '../near-name.ts'
import { listNames } from './test-endpoint-name.ts'

const nameOf = ({ method, template }: Route): string => `${method} ${template}`

/** Routes of an application under test, told from those that only a test has asked about. */
export class TestRoutes extends RouteTable {
  readonly #routed = new Set<string>()

  constructor() {
    super(() => undefined)
  }

  /** Names of the application's own routes. */
  get routed(): readonly string[] {
    return [...this.#routed]
  }

  override register(method: string, template: string): Route {
    const route = super.register(method, template)
    this.#routed.add(nameOf(route))
    return route
  }

  /** The route of a request that a test makes up, whether the application has it or not. */
  decideBy(method: string, template: string): Route {
    return super.register(method, template)
  }

  findUnrouted(wanted: readonly string[]): readonly string[] {
    return wanted.filter((name) => !this.#routed.has(name))
  }

  /** Throws for an endpoint that is no route of the application. */
  requireRouted(wanted: readonly string[]): void {
    const unrouted = this.findUnrouted(wanted)
    if (unrouted.length > 0) throw new StepgateUsageError('endpoint-not-routed', this.#explain(unrouted))
  }

  #explain(unrouted: readonly string[]): string {
    const { routed } = this
    if (routed.length === 0) return 'no route was added yet to an application that has this stepgate'
    const problems = unrouted.map((name) => {
      const near = findNear(name, routed)
      return `"${name}"${near === undefined ? '' : ` (is "${near}" meant?)`}`
    })
    return `no route of the application is ${problems.join(', ')}; it has: ${listNames(routed)}`
  }
}
