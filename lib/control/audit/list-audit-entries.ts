import { z } from 'zod'
import type { AuditQuery } from '../../contract/audit.ts'
import { requireRole, type Actor } from '../actor.ts'
import type { ControlContext } from '../context.ts'
import { parseCursor, toCursor, toPage, type Page } from '../cursor.ts'
import { toAuditWhere } from './audit-filter.ts'
import { toAuditEntry, type AuditAnswer } from './to-audit-entry.ts'

/** Newest first. */
export async function listAuditEntries(
  { database }: ControlContext,
  actor: Actor,
  { cursor, limit, ...filter }: z.output<typeof AuditQuery>,
): Promise<Page<AuditAnswer>> {
  requireRole(actor, 'viewer')
  const after = parseCursor('audit-entries', cursor, z.string().regex(/^\d{1,18}$/))
  const rows = await database.auditEntry.findMany({
    where: { AND: [toAuditWhere(filter), after ? { id: { lt: BigInt(after[0]) } } : {}] },
    orderBy: { id: 'desc' },
    take: limit + 1,
  })
  return toPage(rows, limit, toAuditEntry, ({ id }) => toCursor('audit-entries', id.toString()))
}
