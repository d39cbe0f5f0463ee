import { requireUsable } from '../known-names.ts'
import type { TokenWish } from './token-endpoint.ts'

const isText = (value: unknown): boolean => typeof value === 'string' && value !== ''

/** Throws before anybody is asked for a token that cannot be meant. */
export function requireWish({ audience, scopes, subjectToken }: TokenWish): void {
  requireUsable(isText(audience), 'audience must be the name of a service')
  requireUsable(Array.isArray(scopes) && scopes.every(isText), "scopes must be a list, as ['orders:read']")
  requireUsable(subjectToken === null || isText(subjectToken), 'subjectToken must be an access token')
}
