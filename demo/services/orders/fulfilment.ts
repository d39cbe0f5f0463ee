import { PeerError, type Peer } from '../shared/peer.ts'
import type { Charge, Order, Refund, Reservation } from '../shared/messages.ts'
import type { OrderBook } from './order-book.ts'

export interface Peers {
  readonly inventory: Peer
  readonly payments: Peer
  readonly notifications: Peer
}

/** A mail that cannot be sent never stops an order. */
async function notify(peers: Peers, order: Order, template: string): Promise<void> {
  try {
    await peers.notifications.send('POST', '/emails', {
      to: order.customerId,
      template,
      orderId: order.id,
      chargeId: order.chargeId,
    })
    if (order.channel === 'marketplace')
      await peers.notifications.send('POST', '/webhooks', { event: template, orderId: order.id })
  } catch (error) {
    if (!(error instanceof PeerError)) throw error
    console.warn(`${template} for ${order.id} was not sent: ${error.message}`)
  }
}

/** Holds the stock, takes the money, tells the customer. Gives the stock back when the money cannot be taken. */
export async function placeOrder(book: OrderBook, peers: Peers, order: Order): Promise<Order> {
  const reservation = await peers.inventory.send<Reservation>('POST', '/reservations', {
    orderId: order.id,
    lines: order.lines,
  })
  try {
    const charge = await peers.payments.send<Charge>('POST', '/charges', {
      orderId: order.id,
      customerId: order.customerId,
      amountCents: order.totalCents,
    })
    await peers.inventory.send('POST', `/reservations/${reservation.id}/commit`)
    const paid = book.change(order.id, { status: 'paid', chargeId: charge.id, reservationId: reservation.id }) ?? order
    await notify(peers, paid, 'order-placed')
    return paid
  } catch (error) {
    await peers.inventory.send('DELETE', `/reservations/${reservation.id}`).catch(() => undefined)
    book.change(order.id, { status: 'cancelled' })
    throw error
  }
}

export async function shipOrder(book: OrderBook, peers: Peers, order: Order, trackingNumber: string): Promise<Order> {
  if (order.chargeId !== null) await peers.payments.send('POST', `/charges/${order.chargeId}/capture`)
  const shipped = book.change(order.id, { status: 'shipped', trackingNumber }) ?? order
  await notify(peers, shipped, 'order-shipped')
  return shipped
}

export async function cancelOrder(book: OrderBook, peers: Peers, order: Order): Promise<Order> {
  if (order.reservationId !== null) await peers.inventory.send('DELETE', `/reservations/${order.reservationId}`)
  if (order.chargeId !== null) await peers.payments.send('POST', `/charges/${order.chargeId}/void`)
  const cancelled = book.change(order.id, { status: 'cancelled' }) ?? order
  await notify(peers, cancelled, 'order-cancelled')
  return cancelled
}

export async function returnOrder(book: OrderBook, peers: Peers, order: Order, reason: string): Promise<Order> {
  const refund =
    order.chargeId === null
      ? null
      : await peers.payments.send<Refund>('POST', '/refunds', {
          chargeId: order.chargeId,
          amountCents: order.totalCents,
          reason,
        })
  const returned = book.change(order.id, { status: 'returned', refundId: refund?.id ?? null }) ?? order
  await notify(peers, returned, 'order-returned')
  return returned
}

interface PaidOrder extends Order {
  readonly charge?: Charge
  readonly refund?: Refund
}

/** An order as its customer sees it. Payments is asked with what the customer may do as well, not with what orders may alone. */
export async function withPayment(order: Order, payments: Peer): Promise<PaidOrder> {
  if (order.chargeId === null) return order
  try {
    const charge = await payments.get<Charge>(`/charges/${order.chargeId}`)
    if (order.refundId === null) return { ...order, charge }
    return { ...order, charge, refund: await payments.get<Refund>(`/refunds/${order.refundId}`) }
  } catch (error) {
    if (!(error instanceof PeerError)) throw error
    console.warn(`the payment of ${order.id} is not shown: ${error.message}`)
    return order
  }
}
