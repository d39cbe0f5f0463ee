import type { Tx } from '../context.ts'
import { ControlError } from '../control-error.ts'
import { identityInclude } from './to-identity.ts'

export async function getIdentityRow(db: Tx, clientId: string) {
  const identity = await db.identity.findUnique({ where: { clientId }, include: identityInclude })
  if (!identity) throw new ControlError('not-found', `There is no identity ${clientId}.`)
  return identity
}
