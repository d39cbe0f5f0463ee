import type { z } from 'zod'
import type { AuditEntry } from '../../contract/audit.ts'
import type { AuditEntry as AuditEntryRow } from '#lib/store/generated/client.ts'

export type AuditAnswer = z.output<typeof AuditEntry>

export const toAuditEntry = (row: AuditEntryRow): AuditAnswer => ({
  id: row.id.toString(),
  at: row.at.toISOString(),
  actorKind: row.actorKind === 'api_token' ? 'api-token' : row.actorKind,
  actorId: row.actorId,
  actorName: row.actorName,
  action: row.action,
  environment: row.environmentSlug,
  targetKind: row.targetKind,
  targetId: row.targetId,
  targetName: row.targetName,
  before: (row.before ?? null) as AuditAnswer['before'], // JSON as it was written
  after: (row.after ?? null) as AuditAnswer['after'], // JSON as it was written
  reason: row.reason,
  requestId: row.requestId,
  hash: Buffer.from(row.hash).toString('base64url'),
})
