import { Router } from 'express'
import type { Peer } from '../shared/peer.ts'
import type { Ledger } from './ledger.ts'

/** `/charges`: what customers pay. */
export function chargeRoutes(ledger: Ledger, notifications: Peer): Router {
  const routes = Router()

  routes.get('/', (_request, response) => {
    response.json({ charges: ledger.newestCharges(20) })
  })

  routes.post('/', (request, response) => {
    const { orderId, customerId, amountCents } = request.body as Record<string, unknown>
    if (typeof orderId !== 'string' || typeof customerId !== 'string' || !Number.isInteger(amountCents)) {
      response.status(400).json({ error: 'orderId, customerId and amountCents are needed' })
      return
    }
    response.status(201).json(ledger.charge(orderId, customerId, Number(amountCents)))
  })

  routes.get('/:chargeId', (request, response) => {
    const charge = ledger.findCharge(request.params.chargeId)
    if (charge === undefined) response.status(404).json({ error: 'no such charge' })
    else response.json(charge)
  })

  routes.post('/:chargeId/capture', async (request, response) => {
    const charge = ledger.setStatus(request.params.chargeId, 'captured')
    if (charge === undefined) {
      response.status(404).json({ error: 'no such charge' })
      return
    }
    await notifications.send('POST', '/emails', {
      to: charge.customerId,
      template: 'receipt',
      orderId: charge.orderId,
      chargeId: charge.id,
    })
    response.json(charge)
  })

  routes.post('/:chargeId/void', (request, response) => {
    const charge = ledger.setStatus(request.params.chargeId, 'voided')
    if (charge === undefined) response.status(404).json({ error: 'no such charge' })
    else response.json(charge)
  })

  return routes
}
