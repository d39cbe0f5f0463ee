import type { Caller } from '../../evidence/caller.ts'

/** A caller's key starts with its kind. */
export function callerOfKey(key: string, name: string): Caller {
  const kind = key.slice(0, key.indexOf(':'))
  const isKnown = kind === 'service' || kind === 'integration' || kind === 'user'
  return { key, kind: isKnown ? kind : 'anonymous', name }
}
