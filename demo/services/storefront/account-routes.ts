import { Router, type Request } from 'express'
import type { Order } from '../shared/messages.ts'
import type { Peer } from '../shared/peer.ts'
import { RecentMap } from '../shared/recent-map.ts'
import { customerOf, type SignIn } from './signed-in.ts'

interface ById {
  readonly orderId: string
}
interface Profile {
  readonly displayName: string
  readonly newsletter: boolean
}

/** `/account`: a customer's own orders and profile. */
export function accountRoutes(orders: Peer, signIn: SignIn): Router {
  const routes = Router()
  const profiles = new RecentMap<Profile>(300)
  const profileOf = (customerId: string): Profile =>
    profiles.get(customerId) ?? { displayName: customerId, newsletter: false }

  /** Asked on the customer's behalf; null for somebody else's order. */
  const findOwnOrder = async (request: Request<ById>, customerId: string): Promise<Order | null> => {
    const { orderId } = request.params
    const order = await orders.onBehalfOf(request).get<Order>(`/orders/${encodeURIComponent(orderId)}`)
    return order.customerId === customerId ? order : null
  }

  routes.get('/profile', signIn, (_request, response) => {
    response.json(profileOf(customerOf(response)))
  })

  routes.put('/profile', signIn, (request, response) => {
    const { displayName, newsletter } = request.body as Record<string, unknown>
    const customerId = customerOf(response)
    const known = profileOf(customerId)
    profiles.set(customerId, {
      displayName: typeof displayName === 'string' ? displayName.slice(0, 80) : known.displayName,
      newsletter: typeof newsletter === 'boolean' ? newsletter : known.newsletter,
    })
    response.json(profileOf(customerId))
  })

  routes.get('/orders', signIn, async (_request, response) => {
    response.json(await orders.get(`/customers/${encodeURIComponent(customerOf(response))}/orders`))
  })

  routes.get('/orders/:orderId', signIn, async (request, response) => {
    const order = await findOwnOrder(request, customerOf(response))
    if (order === null) response.status(404).json({ error: 'no such order' })
    else response.json(order)
  })

  routes.post('/orders/:orderId/returns', signIn, async (request, response) => {
    const order = await findOwnOrder(request, customerOf(response))
    if (order === null) {
      response.status(404).json({ error: 'no such order' })
      return
    }
    const { reason } = request.body as Record<string, unknown>
    await orders.send('POST', `/orders/${order.id}/returns`, {
      reason: typeof reason === 'string' ? reason : 'not stated',
    })
    response.status(202).json({ orderId: order.id })
  })

  return routes
}
