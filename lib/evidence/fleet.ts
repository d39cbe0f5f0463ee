import type { Rule } from '../policy/rule.ts'
import type { Mode } from '../policy/vocabulary.ts'
import type { RecordedFacts } from './recorded-facts.ts'

/** What is done with a denial. */
export interface FleetGate {
  readonly mode: Mode
  readonly percent: number
}

export interface FleetEndpoint {
  readonly serviceId: string
  readonly rule: Rule
  readonly gate: FleetGate
}

/** What decides about requests: as it is, or as a draft would have it. */
export interface Fleet {
  readonly endpoints: ReadonlyMap<string, FleetEndpoint>
  /** Scopes of the token that a recorded request would come with; null where its caller would get no token. */
  readonly scopesOf: (facts: RecordedFacts, serviceId: string) => readonly string[] | null
  /** Seconds such a token would live; null as long as it did. */
  readonly lifetimeOf: (facts: RecordedFacts, serviceId: string) => number | null
}

/** A fleet whose tokens are those that were recorded. */
export const presentFleet = (endpoints: Fleet['endpoints']): Fleet => ({
  endpoints,
  scopesOf: ({ scopes }) => scopes,
  lifetimeOf: () => null,
})
