import { Router } from 'express'
import type { Ledger } from './ledger.ts'

/** `/refunds`: money that leaves the shop. */
export function refundRoutes(ledger: Ledger): Router {
  const routes = Router()

  routes.get('/', (_request, response) => {
    response.json({ refunds: ledger.newestRefunds(20) })
  })

  routes.post('/', (request, response) => {
    const { chargeId, amountCents, reason } = request.body as Record<string, unknown>
    if (typeof chargeId !== 'string' || !Number.isInteger(amountCents)) {
      response.status(400).json({ error: 'chargeId and amountCents are needed' })
      return
    }
    response
      .status(201)
      .json(ledger.refund(chargeId, Number(amountCents), typeof reason === 'string' ? reason : 'not stated'))
  })

  routes.get('/:refundId', (request, response) => {
    const refund = ledger.findRefund(request.params.refundId)
    if (refund === undefined) response.status(404).json({ error: 'no such refund' })
    else response.json(refund)
  })

  return routes
}
