import type { z } from 'zod'
import type { AttentionItem as Contract } from '../../contract/decisions.ts'
import type { Caller } from '../../evidence/caller.ts'

export type AttentionItem = z.input<typeof Contract>

/** `billing, orders and 2 more`. */
export function nameSome(names: readonly string[], shown = 2): string {
  const more = names.length - shown
  return more > 0 ? `${names.slice(0, shown).join(', ')} and ${more} more` : names.join(', ')
}

export const callerNames = (callers: readonly Caller[]): string => nameSome(callers.map(({ name }) => name))
