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

const STORED_KIND = { account: 'account', 'api-token': 'api-token', system: 'system' } as const

/** Appends to the hash chain, in the transaction of the change itself; secrets in `before` and `after` are dropped. */
export async function appendAuditEntry(tx: Tx, record: AuditRecord): Promise<bigint> {
  const { actor, target } = record
  const [row] = await tx.$queryRaw<{ id: bigint }[]>`
    SELECT append_audit_entry(
      ${STORED_KIND[actor.kind]}::actor_kind, ${actor.id}, ${actor.name}, ${record.action}, ${record.environment},
      ${target.kind}, ${target.id}, ${target.name}, ${toJson(record.before)}::jsonb, ${toJson(record.after)}::jsonb,
      ${record.reason ?? ''}, ${actor.requestId}) AS id`
  if (!row) throw new Error('append_audit_entry() answered nothing')
  return row.id
}

const toJson = (value: unknown): string | null => (value === null ? null : JSON.stringify(toAuditable(value)))
