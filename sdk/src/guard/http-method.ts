import { METHODS } from 'node:http'

/** Those of Node that the control plane takes; it has no dashes. */
const KNOWN_METHODS = new Set(METHODS.filter((method) => !method.includes('-')))

/**
 * A method in upper case. Those that are none of HTTP's are one, `OTHER`: where methods can be overridden whoever calls makes
 * them up, and each route of a method is kept and reported.
 */
export function toMethod(stated: string): string {
  const method = stated.toUpperCase()
  return KNOWN_METHODS.has(method) ? method : 'OTHER'
}
