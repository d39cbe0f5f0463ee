import type { Role } from '../actor.ts'
import type { Tx } from '../context.ts'
import { createOpaqueToken, hashOpaqueToken } from '../opaque-token.ts'

interface NewLink {
  readonly role: Role
  /** Null: whoever uses it becomes the first administrator. */
  readonly accountId: string | null
  readonly createdBy: string
  readonly expiresAt: Date
}

/** A one-time link. Its token is in the fragment: it reaches no server log and no referrer. */
export async function createSetupLink(tx: Tx, publicUrl: string, link: NewLink): Promise<string> {
  const token = createOpaqueToken('sgl_')
  await tx.setupLink.create({ data: { ...link, tokenHash: hashOpaqueToken(token) } })
  return `${publicUrl.replace(/\/+$/, '')}/setup#token=${token}`
}
