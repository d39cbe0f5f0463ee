import type { Issuer } from '#lib/store/generated/client.ts'
import type { Tx } from '../context.ts'
import { ControlError } from '../control-error.ts'

export async function getIssuerRow(db: Tx, environmentId: string, id: string): Promise<Issuer> {
  const issuer = await db.issuer.findFirst({ where: { id, environmentId } })
  if (!issuer) throw new ControlError('not-found', 'There is no such issuer in this environment.')
  return issuer
}
