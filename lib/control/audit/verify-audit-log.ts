import type { z } from 'zod'
import type { AuditVerification } from '../../contract/audit.ts'
import { verifyAuditChain } from '#lib/store/verify-audit-chain.ts'
import { requireRole, type Actor } from '../actor.ts'
import type { ControlContext } from '../context.ts'

/** Recomputes every hash of the chain. */
export async function verifyAuditLog(
  { pool }: ControlContext,
  actor: Actor,
): Promise<z.output<typeof AuditVerification>> {
  requireRole(actor, 'viewer')
  const client = await pool.connect()
  try {
    const { entries, intact, brokenAt, head } = await verifyAuditChain(client)
    return {
      entries,
      intact,
      brokenAt,
      head: Buffer.from(head, 'hex').toString('base64url'),
      verifiedAt: new Date().toISOString(),
    }
  } finally {
    client.release()
  }
}
