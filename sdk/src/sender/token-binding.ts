import { isJsonObject, own, type JsonObject } from '../token/json-object.ts'

/**
 * What a token says its sender has to prove (RFC 7800, `cnf`): the certificate or the key with this SHA-256 thumbprint.
 * `unknown` asks for a proof that nobody here can check, and is therefore never proven.
 */
export interface TokenBinding {
  readonly kind: 'mutual-tls' | 'dpop' | 'unknown'
  /** In base64url; empty for `unknown`. */
  readonly thumbprint: string
}

const UNKNOWN: TokenBinding = { kind: 'unknown', thumbprint: '' }
const THUMBPRINT = /^[\w-]{43}$/

/**
 * Null for a plain token, one without `cnf` at all. Whatever else is there makes it a bound one: a `cnf` that cannot be read,
 * names neither member or both must not turn a bound token into a plain one.
 */
export function readBinding(payload: JsonObject): TokenBinding | null {
  if (!Object.hasOwn(payload, 'cnf')) return null
  const confirmation = own(payload, 'cnf')
  if (!isJsonObject(confirmation)) return UNKNOWN
  const [certificate, key] = [own(confirmation, 'x5t#S256'), own(confirmation, 'jkt')]
  const thumbprint = certificate ?? key
  const isOne = certificate === undefined || key === undefined
  if (!isOne || typeof thumbprint !== 'string' || !THUMBPRINT.test(thumbprint)) return UNKNOWN
  return { kind: key === undefined ? 'mutual-tls' : 'dpop', thumbprint }
}
