import type { Actor } from '../../actor.ts'
import { appendAuditEntry } from '../../audit/append-audit-entry.ts'
import type { Tx } from '../../context.ts'

export interface RefreshFamilyEnd {
  readonly familyId: string
  readonly because: 'reuse' | 'client' | 'operator'
  readonly reason: string
}

interface Ended {
  readonly clientId: string
  readonly environment: string
  readonly audience: string
}

/** Ends a session: none of its refresh tokens is good from now on. False where it had been ended before. */
export async function endRefreshFamily(tx: Tx, actor: Actor, end: RefreshFamilyEnd): Promise<boolean> {
  const [ended] = await tx.$queryRaw<Ended[]>`
    UPDATE refresh_family family SET revoked_at = now(), revoked_because = ${end.because}
    FROM identity, environment
    WHERE family.id = ${end.familyId}::uuid AND family.revoked_at IS NULL
      AND identity.id = family.identity_id AND environment.id = family.environment_id
    RETURNING identity.client_id AS "clientId", environment.slug AS environment, family.audience`
  if (ended === undefined) return false
  await appendAuditEntry(tx, {
    actor,
    action: 'session.end',
    environment: ended.environment,
    target: { kind: 'session', id: end.familyId, name: `${ended.clientId} at ${ended.audience}` },
    before: { clientId: ended.clientId, audience: ended.audience, ended: false },
    after: { clientId: ended.clientId, audience: ended.audience, ended: true },
    reason: end.reason,
  })
  return true
}
