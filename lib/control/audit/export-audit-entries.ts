import type { z } from 'zod'
import type { AuditExportQuery } from '../../contract/audit.ts'
import { requireRole, type Actor } from '../actor.ts'
import type { ControlContext } from '../context.ts'
import { toCsvLine } from '../to-csv.ts'
import { toAuditWhere } from './audit-filter.ts'
import { toAuditEntry, type AuditAnswer } from './to-audit-entry.ts'

const ROWS_PER_READ = 1_000
const COLUMNS = [
  'id',
  'at',
  'actorKind',
  'actorId',
  'actorName',
  'action',
  'environment',
  'targetKind',
  'targetId',
  'targetName',
  'before',
  'after',
  'reason',
  'requestId',
  'hash',
] as const satisfies readonly (keyof AuditAnswer)[]

/** Oldest first, read while it is sent: of any length in little memory. */
export function exportAuditEntries(
  ctx: ControlContext,
  actor: Actor,
  { format, ...filter }: z.output<typeof AuditExportQuery>,
): AsyncGenerator<string> {
  requireRole(actor, 'viewer')
  return format === 'csv' ? toCsv(readEntries(ctx, filter)) : toLines(readEntries(ctx, filter))
}

async function* readEntries(
  { database }: ControlContext,
  filter: Omit<z.output<typeof AuditExportQuery>, 'format'>,
): AsyncGenerator<AuditAnswer[]> {
  const where = toAuditWhere(filter)
  for (let last = 0n; ;) {
    const rows = await database.auditEntry.findMany({
      where: { AND: [where, { id: { gt: last } }] },
      orderBy: { id: 'asc' },
      take: ROWS_PER_READ,
    })
    if (rows.length > 0) yield rows.map(toAuditEntry)
    if (rows.length < ROWS_PER_READ) return
    last = rows.at(-1)?.id ?? last
  }
}

async function* toLines(pages: AsyncIterable<AuditAnswer[]>): AsyncGenerator<string> {
  for await (const entries of pages) yield entries.map((entry) => `${JSON.stringify(entry)}\n`).join('')
}

async function* toCsv(pages: AsyncIterable<AuditAnswer[]>): AsyncGenerator<string> {
  yield toCsvLine(COLUMNS)
  for await (const entries of pages)
    yield entries.map((entry) => toCsvLine(COLUMNS.map((column) => entry[column]))).join('')
}
