import type { Actor } from '../actor.ts'
import { ControlError } from '../control-error.ts'

/** The account behind an actor; the control plane itself has none. */
export function requireAccountId({ accountId }: Actor): string {
  if (accountId === null) throw new ControlError('forbidden', 'This needs an account.')
  return accountId
}
