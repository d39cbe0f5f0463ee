/** `endpoint.change-mode` as "Change mode". */
export function toActionWords(action: string): string {
  const [, verb = action] = action.split('.')
  const words = verb.replaceAll('-', ' ')
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`
}

/** `signing-key` as "Signing key". */
export const toKindWords = (kind: string): string => toActionWords(`.${kind}`)

/** Kinds of objects that are written about, for the filter; the action filter takes the start of an action. */
export const TARGET_KINDS = [
  'account',
  'api-token',
  'credential',
  'device',
  'endpoint',
  'environment',
  'grant',
  'identity',
  'issuer',
  'scope',
  'service',
  'session',
  'signing-key',
] as const
