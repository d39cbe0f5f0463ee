import { METHODS } from '../../policy/vocabulary.ts'
import { ControlError } from '../control-error.ts'

/** Spaces, control characters, and what would end a path in a URL. */
const REFUSED = /[\s\p{C}?#]/u

/** Route template in Unicode form NFC. Throws for what no framework can have matched. */
export function parseRoute(route: string): string {
  const normal = route.normalize('NFC')
  if (REFUSED.test(normal)) throw refused('/route', 'must not contain spaces, control characters, ? or #')
  return normal
}

export function requireMethod(method: string): void {
  if (!METHODS.some((known) => known === method))
    throw refused('/method', `must be one of ${METHODS.join(', ')}; HEAD is decided as GET`)
}

const refused = (pointer: string, detail: string) =>
  new ControlError('invalid-value', `${pointer.slice(1)} ${detail}.`, [{ pointer, detail }])
