import { z } from 'zod'
import { PageQuery, Timestamp } from './primitives.ts'

export const AuditEntry = z.object({
  id: z.string().describe('Position in the chain.'),
  at: Timestamp,
  actorKind: z.enum(['account', 'api-token', 'system', 'identity']),
  actorId: z.string(),
  actorName: z.string(),
  action: z.string().describe('`entity.verb`, for example `endpoint.change-mode`.'),
  environment: z.string().nullable(),
  targetKind: z.string(),
  targetId: z.string(),
  targetName: z.string(),
  before: z.json(),
  after: z.json(),
  reason: z.string(),
  requestId: z.string(),
  hash: z.string().describe('SHA-256 over this entry and the hash before it, base64url.'),
})
export const AuditFilter = z.object({
  from: Timestamp.optional(),
  to: Timestamp.optional(),
  actor: z.string().max(200).optional(),
  action: z.string().max(100).optional().describe('An action, or the start of one: `endpoint.`'),
  environment: z.string().max(63).optional(),
  targetKind: z.string().max(50).optional(),
  targetId: z.string().max(200).optional(),
  identity: z
    .string()
    .max(200)
    .optional()
    .describe('`client_id`: entries about the identity, its credentials, grants and devices.'),
  q: z.string().max(200).optional().describe('Words in actor, action or target.'),
})
export const AuditQuery = z.strictObject({
  ...PageQuery.shape,
  ...AuditFilter.shape,
})
export const AuditExportQuery = z.strictObject({
  ...AuditFilter.shape,
  format: z.enum(['csv', 'ndjson']).default('ndjson'),
})
export const AuditVerification = z.object({
  entries: z.int(),
  intact: z.boolean(),
  brokenAt: z.string().nullable(),
  head: z.string().nullable(),
  verifiedAt: Timestamp,
})
