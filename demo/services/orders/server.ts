/** Orders: Fastify. Takes orders, and asks inventory, payments and notifications to carry them out. */
import { createStepgate } from '@stepgate/node'
import { stepgateFastify } from '@stepgate/node/fastify'
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify'
import type { Order } from '../shared/messages.ts'
import { createPeer, PeerError } from '../shared/peer.ts'
import { requireVariable } from '../shared/require-variable.ts'
import { stopGently } from '../shared/stop-gently.ts'
import { cancelOrder, placeOrder, returnOrder, shipOrder, withPayment } from './fulfilment.ts'
import { OrderBook, parseOrderRequest } from './order-book.ts'

const stepgate = createStepgate()
const app = fastify()
await app.register(stepgateFastify, { stepgate })

const book = new OrderBook()
const peers = {
  inventory: createPeer(stepgate, 'inventory', requireVariable('INVENTORY_URL')),
  payments: createPeer(stepgate, 'payments', requireVariable('PAYMENTS_URL')),
  notifications: createPeer(stepgate, 'notifications', requireVariable('NOTIFICATIONS_URL')),
}

interface ById {
  Params: { orderId: string }
}
interface ByCustomer {
  Params: { customerId: string }
}

const text = (body: unknown, name: string): string | null => {
  const value = typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined
  return typeof value === 'string' && value !== '' ? value : null
}

async function take(body: unknown, channel: Order['channel'], reply: FastifyReply): Promise<unknown> {
  const request = parseOrderRequest(body)
  if (request === null) return reply.code(400).send({ error: 'customerId and 1–50 lines of known articles are needed' })
  return reply.code(201).send(await placeOrder(book, peers, book.add(request, channel)))
}

/** The storefront asks on behalf of the customer who looks at the order. */
const isForCustomer = ({ stepgate: decision }: FastifyRequest, { customerId }: Order): boolean =>
  decision?.caller === 'storefront' && decision.subject === customerId

/** Runs a step on an order, or answers 404 or 409. */
async function advance(
  reply: FastifyReply,
  orderId: string,
  from: readonly Order['status'][],
  step: (order: Order) => Promise<Order>,
): Promise<unknown> {
  const order = book.find(orderId)
  if (order === undefined) return reply.code(404).send({ error: 'no such order' })
  if (!from.includes(order.status)) return reply.code(409).send({ error: `the order is ${order.status}` })
  return step(order)
}

app.get('/healthz', () => ({ ok: true }))

app.get('/orders', () => ({ orders: book.newest(50) }))
app.post('/orders', (request, reply) => take(request.body, 'storefront', reply))
app.get<ById>('/orders/:orderId', (request, reply) => {
  const order = book.find(request.params.orderId)
  if (order === undefined) return reply.code(404).send({ error: 'no such order' })
  return isForCustomer(request, order) ? withPayment(order, peers.payments.onBehalfOf(request)) : order
})
app.patch<ById>('/orders/:orderId', (request, reply) => {
  const trackingNumber = text(request.body, 'trackingNumber')
  if (trackingNumber === null) return reply.code(400).send({ error: 'trackingNumber is needed' })
  return book.change(request.params.orderId, { trackingNumber }) ?? reply.code(404).send({ error: 'no such order' })
})
app.post<ById>('/orders/:orderId/shipments', (request, reply) =>
  advance(reply, request.params.orderId, ['paid'], (order) =>
    shipOrder(book, peers, order, text(request.body, 'trackingNumber') ?? 'unknown'),
  ),
)
app.post<ById>('/orders/:orderId/cancel', (request, reply) =>
  advance(reply, request.params.orderId, ['placed', 'paid'], (order) => cancelOrder(book, peers, order)),
)
app.post<ById>('/orders/:orderId/returns', (request, reply) =>
  advance(reply, request.params.orderId, ['paid', 'shipped'], (order) =>
    returnOrder(book, peers, order, text(request.body, 'reason') ?? 'not stated'),
  ),
)
app.get<ById>('/orders/:orderId/invoice', (request, reply) => {
  const order = book.find(request.params.orderId)
  if (order === undefined) return reply.code(404).send({ error: 'no such order' })
  return {
    number: `INV-${order.id.slice(4)}`,
    billedTo: order.customerId,
    lines: order.lines,
    totalCents: order.totalCents,
  }
})

app.get<ByCustomer>('/customers/:customerId/orders', (request) => ({
  orders: book.ofCustomer(request.params.customerId),
}))
app.get<ByCustomer>('/customers/:customerId/export', (request) => {
  const orders = book.ofCustomer(request.params.customerId)
  return {
    customerId: request.params.customerId,
    exportedAt: new Date().toISOString(),
    addresses: ['Hafenstraße 12, 20457 Hamburg'],
    orders,
  }
})

app.get('/demand', () => book.demand())
app.get('/reports/sales', () => book.sales())
app.post('/partner/orders', (request, reply) => take(request.body, 'marketplace', reply))

app.setErrorHandler((error, _request, reply) => {
  if (!(error instanceof PeerError)) return reply.send(error)
  if (!error.isRefusal && error.status < 500) return reply.code(error.status).send({ error: error.message })
  console.warn(error.message)
  return reply.code(502).send({ error: error.message })
})

await app.listen({ port: Number(requireVariable('PORT')), host: '127.0.0.1' })
stopGently(async () => {
  await app.close()
  await stepgate.close()
})
