import { RULE_DEFAULT, type Rule } from '../policy/rule.ts'
import { isIdentity } from './caller.ts'
import { presentFleet, type Fleet, type FleetEndpoint, type FleetGate } from './fleet.ts'
import type { RecordedFacts } from './recorded-facts.ts'

/** A scope at a service that an identity holds. */
export interface GrantName {
  /** Null: every identity. */
  readonly clientId: string | null
  readonly serviceId: string
  readonly scope: string
}

/** What decides how long tokens live. */
export interface Lifetimes {
  readonly environmentSeconds: number
  /** Of identities that have their own; null where the environment decides. */
  readonly identities: ReadonlyMap<string, number | null>
  /** By {@link scopeKey}; null where a scope says nothing. */
  readonly scopes: ReadonlyMap<string, number | null>
}

/** What somebody thinks of changing. */
export type Draft =
  | { readonly kind: 'rules'; readonly rules: ReadonlyMap<string, Rule | null> }
  | {
      readonly kind: 'grants'
      readonly removed: readonly GrantName[]
      readonly added: readonly GrantName[]
      /** By {@link tokenKey}: who would be left without any scope of a service, and so without tokens for it. */
      readonly withoutToken: ReadonlySet<string>
    }
  | { readonly kind: 'lifetimes'; readonly present: Lifetimes; readonly draft: Lifetimes }
  | { readonly kind: 'modes'; readonly modes: ReadonlyMap<string, FleetGate> }

export const scopeKey = (serviceId: string, scope: string): string => `${serviceId} ${scope}`
export const tokenKey = (clientId: string, serviceId: string): string => `${clientId} ${serviceId}`

/** The fleet as the draft would have it. */
export function applyDraft(endpoints: Fleet['endpoints'], draft: Draft): Fleet {
  const present = presentFleet(endpoints)
  switch (draft.kind) {
    case 'rules':
      return { ...present, endpoints: withEach(endpoints, draft.rules, (rule) => ({ rule: rule ?? RULE_DEFAULT })) }
    case 'modes':
      return { ...present, endpoints: withEach(endpoints, draft.modes, (gate) => ({ gate })) }
    case 'grants':
      return { ...present, scopesOf: draftScopes(draft) }
    case 'lifetimes':
      return { ...present, lifetimeOf: (facts, serviceId) => draftLifetime(draft, facts, serviceId) }
  }
}

function withEach<Value>(
  endpoints: Fleet['endpoints'],
  changes: ReadonlyMap<string, Value>,
  toChange: (value: Value) => Partial<FleetEndpoint>,
): Fleet['endpoints'] {
  const next = new Map(endpoints)
  for (const [id, value] of changes) {
    const endpoint = endpoints.get(id)
    if (endpoint) next.set(id, { ...endpoint, ...toChange(value) })
  }
  return next
}

function draftScopes({ removed, added, withoutToken }: Extract<Draft, { kind: 'grants' }>): Fleet['scopesOf'] {
  const [removedOf, addedOf] = [grantsByService(removed), grantsByService(added)]
  return (facts, serviceId) => {
    // Tokens of people come from their issuer: no grant of ours is in them.
    if (!isIdentity(facts) || facts.caller === null || facts.tokenProblem !== null) return facts.scopes
    if (withoutToken.has(tokenKey(facts.caller, serviceId))) return null
    const gone = namesFor(removedOf.get(serviceId), facts.caller)
    const come = namesFor(addedOf.get(serviceId), facts.caller).filter((scope) => !facts.scopes.includes(scope))
    if (come.length === 0 && !facts.scopes.some((scope) => gone.includes(scope))) return facts.scopes
    return [...facts.scopes.filter((scope) => !gone.includes(scope)), ...come].toSorted()
  }
}

const grantsByService = (grants: readonly GrantName[]) => Map.groupBy(grants, ({ serviceId }) => serviceId)

const namesFor = (grants: readonly GrantName[] | undefined, caller: string): string[] =>
  (grants ?? []).filter(({ clientId }) => clientId === null || clientId === caller).map(({ scope }) => scope)

/** A lifetime that is not shorter than the present one ends no token earlier. */
function draftLifetime(
  { present, draft }: Extract<Draft, { kind: 'lifetimes' }>,
  facts: RecordedFacts,
  serviceId: string,
): number | null {
  if (!isIdentity(facts)) return null
  const seconds = leastLifetime(draft, facts, serviceId)
  return seconds < leastLifetime(present, facts, serviceId) ? seconds : null
}

function leastLifetime(lifetimes: Lifetimes, { caller, scopes }: RecordedFacts, serviceId: string): number {
  const own = (caller === null ? null : lifetimes.identities.get(caller)) ?? lifetimes.environmentSeconds
  return scopes.reduce(
    (least, scope) => Math.min(least, lifetimes.scopes.get(scopeKey(serviceId, scope)) ?? least),
    own,
  )
}
