import type { Caller } from '../token/caller.ts'

/**
 * Thumbprint of the key that the caller has proven to hold with this request; null when it has proven none. A `cnf` that
 * nobody checked is a claim and tells no device apart.
 */
export const provenKeyOf = ({ facts, keyThumbprint }: Caller): string | null =>
  facts.sender === 'none' ? null : keyThumbprint
