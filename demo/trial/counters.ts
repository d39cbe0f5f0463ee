import type { ManagementClient } from '../setup/management-client.ts'
import type { Probe } from './probe.ts'

const ENVIRONMENT = { environment: 'production' }

/** What the fleet itself has counted so far about some callers. */
export interface Counters {
  readonly probes: number
  readonly probesFailed: number
  readonly decisions: number
  /** Denied, or would have been. */
  readonly denials: number
  readonly tokensIssued: number
  readonly tokensRefused: number
}

export class CounterReader {
  readonly #client: ManagementClient
  readonly #callers: readonly string[]
  readonly #probes: readonly Probe[]
  readonly #from = new Date(Date.now() - 3_600_000).toISOString()

  constructor(client: ManagementClient, callers: readonly string[], probes: readonly Probe[]) {
    this.#client = client
    this.#callers = callers
    this.#probes = probes
  }

  async read(): Promise<Counters> {
    const [top, activity] = await Promise.all([
      this.#client.call('readTop', { params: ENVIRONMENT, query: { by: 'caller', from: this.#from, limit: 100 } }),
      this.#client.call('readTokenActivity', { params: ENVIRONMENT, query: {} }),
    ])
    const callers = top.items.filter(({ label }) => this.#callers.includes(label))
    const items = activity.items.filter(({ clientId }) => this.#callers.includes(clientId))
    const tokens = (isIssued: boolean) =>
      sum(
        items.filter(({ event }) => (event === 'issued') === isIssued),
        'count',
      )
    return {
      probes: sum(this.#probes, 'sent'),
      probesFailed: sum(this.#probes, 'failed'),
      decisions: sum(callers, 'allowed') + sum(callers, 'would-deny') + sum(callers, 'denied'),
      denials: sum(callers, 'would-deny') + sum(callers, 'denied'),
      tokensIssued: tokens(true),
      tokensRefused: tokens(false),
    }
  }
}

const sum = <Name extends string>(items: readonly Readonly<Record<Name, number>>[], name: Name): number =>
  items.reduce((total, item) => total + item[name], 0)

export const since = (after: Counters, before: Counters): Counters => ({
  probes: after.probes - before.probes,
  probesFailed: after.probesFailed - before.probesFailed,
  decisions: after.decisions - before.decisions,
  denials: after.denials - before.denials,
  tokensIssued: after.tokensIssued - before.tokensIssued,
  tokensRefused: after.tokensRefused - before.tokensRefused,
})
