import type { z } from 'zod'
import type { SigningKey } from '../../contract/catalog.ts'
import { requireRole, type Actor } from '../actor.ts'
import type { ControlContext, Tx } from '../context.ts'
import { onePage, type Page } from '../cursor.ts'
import { getEnvironmentId } from '../environment/get-environment.ts'
import type { KeyCipher } from './key-cipher.ts'

type Answer = z.output<typeof SigningKey>

const SHOWN_MAX = 100

/** Public parts, newest first. */
export async function listSigningKeys(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
): Promise<Page<Answer>> {
  requireRole(actor, 'viewer')
  const environmentId = await getEnvironmentId(ctx.database, environmentSlug)
  return onePage(await readSigningKeys(ctx.database, environmentId, ctx.keyCipher))
}

export async function readSigningKeys(db: Tx, environmentId: string, cipher: KeyCipher): Promise<Answer[]> {
  const rows = await db.signingKey.findMany({
    where: { environmentId },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: SHOWN_MAX,
  })
  return rows.map(({ id, purpose, status, keyId, publicJwk, privateKeyEncrypted, createdAt, statusAt }) => ({
    id,
    purpose,
    status,
    keyId,
    publicKey: (publicJwk as { x: string }).x, // written by createSigningKey only
    underPresentSecret: status === 'revoked' ? null : cipher.isCurrent(privateKeyEncrypted),
    createdAt: createdAt.toISOString(),
    statusAt: statusAt.toISOString(),
  }))
}
