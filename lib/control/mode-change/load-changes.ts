import type { z } from 'zod'
import type { ModeChangeRequest } from '../../contract/endpoint.ts'
import type { Tx } from '../context.ts'
import { ControlError } from '../control-error.ts'
import { endpointInclude, type EndpointRow } from '../endpoint/audited-endpoint.ts'
import { toMode } from '../stored-mode.ts'
import { classifyChange, toGate, type ChangeKind, type Gate } from './classify-change.ts'

export type WantedChange = z.output<typeof ModeChangeRequest>['changes'][number]

export interface PlannedChange {
  readonly endpoint: EndpointRow
  readonly from: Gate
  readonly to: Gate
  readonly kind: ChangeKind
}

/** The endpoints of the changes, each once and all of this environment. */
export async function loadChanges(
  db: Tx,
  environmentId: string,
  changes: readonly WantedChange[],
): Promise<PlannedChange[]> {
  const rows = await db.endpoint.findMany({
    where: { environmentId, id: { in: changes.map(({ endpointId }) => endpointId) } },
    include: endpointInclude,
  })
  const byId = new Map(rows.map((row) => [row.id, row]))
  return changes.map(({ endpointId, mode, percent }, index) => {
    const endpoint = byId.get(endpointId)
    if (!endpoint) throw notHere(index)
    byId.delete(endpointId)
    const from = toGate(toMode(endpoint.mode), endpoint.percent)
    const to = toGate(mode, percent)
    return { endpoint, from, to, kind: classifyChange(from, to) }
  })
}

function notHere(index: number): ControlError {
  const detail = 'is not an endpoint of this environment, or is named twice'
  return new ControlError('invalid-value', `/changes/${index}/endpointId ${detail}.`, [
    { pointer: `/changes/${index}/endpointId`, detail },
  ])
}
