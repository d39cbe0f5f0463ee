import type { FastifyInstance } from 'fastify'
import { DecisionBatch, InventoryReport, type DecisionReceipt, type InventoryReceipt } from '#lib/contract/machine.ts'
import { createDecisionIngest } from '#lib/control/decision/decision-ingest.ts'
import { reportInventory } from '#lib/control/instance/report-inventory.ts'
import { parseInput } from '#lib/control/parse-input.ts'
import type { GatewayCore } from '../gateway-core.ts'
import { MACHINE_BODY_BYTES_MAX, takeGzippedJson } from './machine-body.ts'
import type { MachineCaller } from './verify-machine-token.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on the routes of instances, once the token is verified. */
    machineCaller: MachineCaller | null
  }
}

/** `PUT /v1/inventory` and `POST /v1/decisions`. The token decides the service and the environment, never the body. */
export function registerMachineRoutes(app: FastifyInstance, core: GatewayCore): void {
  const ingestDecisions = createDecisionIngest(core.context)
  const stored = core.metrics.counter('stepgate_decisions_stored_total', 'Decisions stored.')
  const refused = core.metrics.counter('stepgate_batch_items_refused_total', 'Items of batches refused.')
  const repeated = core.metrics.counter('stepgate_batches_repeated_total', 'Batches that had been stored before.')
  takeGzippedJson(app)
  app.decorateRequest('machineCaller', null)
  // Before the body is read: nobody unknown makes the gateway read 8 MB.
  app.addHook('onRequest', async (request) => {
    request.machineCaller = core.verifyMachineToken(request.headers.authorization)
  })

  app.put('/v1/inventory', { bodyLimit: MACHINE_BODY_BYTES_MAX }, async (request): Promise<InventoryReceipt> => {
    const report = parseInput(InventoryReport, request.body)
    const caller = requireCaller(request.machineCaller)
    core.instances.reported(caller, report.instance, core.readAddress(request.raw))
    return reportInventory(core.context, caller, report.endpoints, request.id)
  })

  app.post('/v1/decisions', { bodyLimit: MACHINE_BODY_BYTES_MAX }, async (request): Promise<DecisionReceipt> => {
    const batch = parseInput(DecisionBatch, request.body)
    const caller = requireCaller(request.machineCaller)
    // Who replays recorded traffic is not an instance that decides.
    if (!batch.replayed) core.instances.reported(caller, batch.instance, core.readAddress(request.raw))
    // What was dropped is added to the instance, which has to be there.
    if (hasDropped(batch)) await core.instances.flush()
    const receipt = await ingestDecisions(caller, batch)
    if (receipt.duplicate) repeated.add(1)
    else stored.add(receipt.accepted.decisions)
    if (receipt.refused.length > 0) refused.add(receipt.refused.length)
    return receipt
  })
}

function requireCaller(caller: MachineCaller | null): MachineCaller {
  if (caller === null) throw new Error('A route of instances was reached without a verified token.')
  return caller
}

const hasDropped = ({ dropped }: DecisionBatch): boolean => dropped.allowed + dropped.wouldDeny + dropped.denied > 0
