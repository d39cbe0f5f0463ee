import { ScopeName, Slug } from '../../contract/primitives.ts'

const SHOWN_MAX = 5

/** Scopes for an error text. What is no scope’s name is not repeated: people paste secrets into wrong places. */
export function repeatScopes(scopes: readonly string[]): string {
  const named = scopes.filter((scope) => ScopeName.safeParse(scope).success).slice(0, SHOWN_MAX)
  return named.length === 0 ? 'what was asked for' : named.join(', ')
}

/** A service for an error text, with the same care. */
export const repeatAudience = (audience: string): string =>
  Slug.safeParse(audience).success ? audience : 'the one that was named'
