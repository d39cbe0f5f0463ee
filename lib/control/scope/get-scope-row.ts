import type { Tx } from '../context.ts'
import { ControlError } from '../control-error.ts'
import { scopeInclude } from './to-scope.ts'

export async function getScopeRow(db: Tx, id: string) {
  const scope = await db.scope.findUnique({ where: { id }, include: scopeInclude })
  if (!scope) throw new ControlError('not-found', 'There is no such scope.')
  return scope
}
