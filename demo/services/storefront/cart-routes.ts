import { Router } from 'express'
import type { Order } from '../shared/messages.ts'
import type { Peer } from '../shared/peer.ts'
import type { Carts } from './carts.ts'
import { customerOf, type SignIn } from './signed-in.ts'

/** `/cart` and `/checkout`. */
export function cartRoutes(carts: Carts, orders: Peer, signIn: SignIn): Router {
  const routes = Router()

  routes.get('/cart', signIn, (_request, response) => {
    response.json({ lines: carts.lines(customerOf(response)) })
  })

  routes.post('/cart/items', signIn, (request, response) => {
    const { productId, quantity } = request.body as Record<string, unknown>
    const lines = carts.put(customerOf(response), String(productId), Number(quantity ?? 1))
    if (lines === null) response.status(400).json({ error: 'a known productId and a quantity of 1–20 are needed' })
    else response.status(201).json({ lines })
  })

  routes.patch('/cart/items/:productId', signIn, (request, response) => {
    const { quantity } = request.body as Record<string, unknown>
    const lines = carts.put(customerOf(response), request.params.productId, Number(quantity))
    if (lines === null) response.status(400).json({ error: 'a known product and a quantity of 1–20 are needed' })
    else response.json({ lines })
  })

  routes.delete('/cart/items/:productId', signIn, (request, response) => {
    response.json({ lines: carts.remove(customerOf(response), request.params.productId) })
  })

  routes.post('/checkout', signIn, async (_request, response) => {
    const customerId = customerOf(response)
    const lines = carts.lines(customerId)
    if (lines.length === 0) {
      response.status(409).json({ error: 'the cart is empty' })
      return
    }
    const order = await orders.send<Order>('POST', '/orders', { customerId, lines })
    carts.empty(customerId)
    response.status(201).json({ orderId: order.id, totalCents: order.totalCents })
  })

  return routes
}
