import { Prisma } from '#lib/store/generated/client.ts'
import type { Rule } from '../../policy/rule.ts'

/** A rule as the store takes it: no rule is SQL NULL, not JSON null. */
export const toStoredRule = (rule: Rule | null): Prisma.InputJsonObject | typeof Prisma.DbNull =>
  rule === null ? Prisma.DbNull : (structuredClone(rule) as unknown as Prisma.InputJsonObject) // readonly arrays are arrays to the store
