import type { Tx } from '../context.ts'
import { ControlError } from '../control-error.ts'

/** The control plane's own audience. */
const RESERVED = 'stepgate'

/** A service and its identity share one name space with integrations. `field` is what the request calls it. */
export async function requireFreeClientId(tx: Tx, clientId: string, field: 'slug' | 'clientId'): Promise<void> {
  const pointer = `/${field}`
  if (clientId === RESERVED)
    throw new ControlError('invalid-value', `${RESERVED} is the name of the control plane.`, [
      { pointer, detail: 'is the name of the control plane' },
    ])
  const taken = await tx.identity.findUnique({ where: { clientId }, select: { kind: true } })
  if (taken)
    throw new ControlError('already-exists', `${clientId} is the client_id of another ${taken.kind}.`, [
      { pointer, detail: `belongs to another ${taken.kind}` },
    ])
}
