import type { z } from 'zod'
import type { AttentionItem as Contract } from '../../contract/decisions.ts'
import type { Caller } from '../../evidence/caller.ts'
import { nameSome } from '../../evidence/name-some.ts'

export type AttentionItem = z.input<typeof Contract>

export const callerNames = (callers: readonly Caller[]): string => nameSome(callers.map(({ name }) => name))
