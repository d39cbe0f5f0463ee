/** Plain JSON of a value without anything that could be a secret. */
export type AuditJson = string | number | boolean | null | AuditJson[] | { [key: string]: AuditJson }

const SECRET_NAME = /secret|password|passphrase|private|hash|cookie|authorization|setupurl|token$/i
const SECRET_VALUE = /sg_live_|sgp_|sgs_|PRIVATE KEY|^eyJ[\w-]+\.[\w-]+\.[\w-]*/
/** Members of a JSON Web Key that only its private or symmetric form has (RFC 7518, section 6). */
const PRIVATE_JWK_MEMBERS = new Set(['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'])

/** Secrets are dropped by name and by form, so that no caller has to remember to. */
export function toAuditable(value: unknown): AuditJson {
  if (value === null || value === undefined) return null
  if (typeof value === 'string') return SECRET_VALUE.test(value) ? '(secret)' : value
  if (typeof value === 'number' || typeof value === 'boolean') return value
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return '(bytes)'
  if (Array.isArray(value)) return value.map(toAuditable)
  return toAuditableObject(value)
}

function toAuditableObject(value: object): AuditJson {
  const isKey = 'kty' in value
  const kept = Object.entries(value).filter(
    ([name, member]) => member !== undefined && !SECRET_NAME.test(name) && !(isKey && PRIVATE_JWK_MEMBERS.has(name)),
  )
  return Object.fromEntries(kept.map(([name, member]) => [name, toAuditable(member)]))
}
