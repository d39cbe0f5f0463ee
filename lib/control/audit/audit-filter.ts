import type { z } from 'zod'
import type { AuditFilter } from '../../contract/audit.ts'
import type { Prisma } from '#lib/store/generated/client.ts'

/** Entries that fit every part of the filter. */
export function toAuditWhere(filter: z.output<typeof AuditFilter>): Prisma.AuditEntryWhereInput {
  const { from, to, actor, action, environment, targetKind, targetId, identity, q = '' } = filter
  return {
    AND: [
      from === undefined ? {} : { at: { gte: new Date(from) } },
      to === undefined ? {} : { at: { lt: new Date(to) } },
      actor === undefined ? {} : { OR: [{ actorId: actor }, { actorName: contains(actor) }] },
      action === undefined ? {} : { action: { startsWith: escapeLike(action) } },
      environment === undefined ? {} : { environmentSlug: environment },
      targetKind === undefined ? {} : { targetKind },
      targetId === undefined ? {} : { targetId },
      identity === undefined ? {} : { OR: [{ targetKind: 'identity', targetName: identity }, partOf(identity)] },
      ...q
        .split(/\s+/)
        .filter(Boolean)
        .map((word) => ({
          OR: [{ actorName: contains(word) }, { action: contains(word) }, { targetName: contains(word) }],
        })),
    ],
  }
}

/** What an identity has is named after it: `billing: deploy key`. A `client_id` holds no colon. */
const partOf = (clientId: string) => ({
  targetKind: { in: ['credential', 'grant', 'device'] },
  targetName: { startsWith: escapeLike(`${clientId}: `) },
})
const contains = (word: string) => ({ contains: escapeLike(word), mode: 'insensitive' as const })
const escapeLike = (text: string): string => text.replaceAll(/[\\%_]/g, '\\$&')
