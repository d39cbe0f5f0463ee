import type { Actor } from '../actor.ts'
import type { Tx } from '../context.ts'
import { toAuditable } from './auditable.ts'

export interface AuditRecord {
  readonly actor: Actor
  /** `entity.verb` */
  readonly action: `${string}.${string}`
  /** Slug; null for what every environment shares. */
  readonly environment: string | null
  readonly target: { readonly kind: string; readonly id: string; readonly name: string }
  /** Null when the target did not exist before. */
  readonly before: unknown
  /** Null when the target is gone. */
  readonly after: unknown
  readonly reason?: string
}

/** Appends to the hash chain, in the transaction of the change itself; secrets in `before` and `after` are dropped. */
export async function appendAuditEntry(tx: Tx, record: AuditRecord): Promise<bigint> {
  const [id] = await appendAuditEntries(tx, [record])
  if (id === undefined) throw new Error('append_audit_entry() answered nothing')
  return id
}

/** The same for many targets of one change, in their order and in one statement. */
export async function appendAuditEntries(tx: Tx, records: readonly AuditRecord[]): Promise<bigint[]> {
  const rows = await tx.$queryRaw<{ id: bigint }[]>`
    SELECT append_audit_entry(
      actor_kind::actor_kind, actor_id, actor_name, action, environment,
      target_kind, target_id, target_name, nullif(before, 'null'), nullif(after, 'null'), reason, request_id) AS id
    FROM jsonb_to_recordset(${JSON.stringify(records.map(toRow))}::jsonb) AS record (
      actor_kind text, actor_id text, actor_name text, action text, environment text,
      target_kind text, target_id text, target_name text, before jsonb, after jsonb, reason text, request_id text)`
  return rows.map(({ id }) => id)
}

const toRow = ({ actor, action, environment, target, before, after, reason = '' }: AuditRecord) => ({
  actor_kind: actor.kind,
  actor_id: actor.id,
  actor_name: actor.name,
  action,
  environment,
  target_kind: target.kind,
  target_id: target.id,
  target_name: target.name,
  before: toAuditable(before),
  after: toAuditable(after),
  reason,
  request_id: actor.requestId,
})
