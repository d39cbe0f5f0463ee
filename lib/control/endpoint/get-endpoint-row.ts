import type { Tx } from '../context.ts'
import { ControlError } from '../control-error.ts'
import { endpointInclude, type EndpointRow } from './audited-endpoint.ts'

export async function getEndpointRow(db: Tx, environmentId: string, id: string): Promise<EndpointRow> {
  const endpoint = await db.endpoint.findFirst({ where: { id, environmentId }, include: endpointInclude })
  if (!endpoint) throw new ControlError('not-found', 'There is no such endpoint in this environment.')
  return endpoint
}
