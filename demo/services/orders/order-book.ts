import { ASSORTMENT } from '../shared/assortment.ts'
import type { Order, OrderLine, OrderRequest } from '../shared/messages.ts'
import { RecentMap } from '../shared/recent-map.ts'
import { recordId } from '../shared/record-id.ts'

const ORDERS_KEPT = 400

const PRICES = new Map(ASSORTMENT.map(({ sku, priceCents }) => [sku, priceCents]))

/** Every order the shop still remembers. */
export class OrderBook {
  readonly #orders = new RecentMap<Order>(ORDERS_KEPT)

  add(request: OrderRequest, channel: Order['channel']): Order {
    const order: Order = {
      id: recordId('ord'),
      customerId: request.customerId,
      lines: request.lines,
      channel,
      totalCents: priceOf(request.lines),
      placedAt: new Date().toISOString(),
      status: 'placed',
      chargeId: null,
      refundId: null,
      reservationId: null,
      trackingNumber: null,
    }
    this.#orders.set(order.id, order)
    return order
  }

  find(id: string): Order | undefined {
    return this.#orders.get(id)
  }

  change(id: string, change: Partial<Order>): Order | undefined {
    const order = this.#orders.get(id)
    if (order === undefined) return undefined
    const changed = { ...order, ...change }
    this.#orders.set(id, changed)
    return changed
  }

  newest(limit: number): Order[] {
    return this.#orders.values().slice(-limit).reverse()
  }

  ofCustomer(customerId: string): Order[] {
    return this.#orders.values().filter((order) => order.customerId === customerId)
  }

  /** Pieces sold for each article. */
  demand(): Record<string, number> {
    const sold: Record<string, number> = {}
    for (const { sku, quantity } of this.#orders.values().flatMap(({ lines }) => lines))
      sold[sku] = (sold[sku] ?? 0) + quantity
    return sold
  }

  sales(): { orders: number; revenueCents: number; byChannel: Record<string, number> } {
    const orders = this.#orders.values().filter(({ status }) => status !== 'cancelled')
    const byChannel: Record<string, number> = {}
    for (const { channel, totalCents } of orders) byChannel[channel] = (byChannel[channel] ?? 0) + totalCents
    return {
      orders: orders.length,
      revenueCents: orders.reduce((sum, { totalCents }) => sum + totalCents, 0),
      byChannel,
    }
  }
}

const priceOf = (lines: readonly OrderLine[]): number =>
  lines.reduce((sum, { sku, quantity }) => sum + (PRICES.get(sku) ?? 0) * quantity, 0)

/** Null unless every line names an article and a sensible quantity. */
export function parseOrderRequest(body: unknown): OrderRequest | null {
  if (typeof body !== 'object' || body === null || !('customerId' in body) || !('lines' in body)) return null
  const { customerId, lines } = body
  if (typeof customerId !== 'string' || !Array.isArray(lines) || lines.length === 0 || lines.length > 50) return null
  return lines.every(isOrderLine) ? { customerId, lines } : null
}

const isOrderLine = (line: unknown): line is OrderLine =>
  typeof line === 'object' &&
  line !== null &&
  'sku' in line &&
  typeof line.sku === 'string' &&
  PRICES.has(line.sku) &&
  'quantity' in line &&
  Number.isInteger(line.quantity) &&
  Number(line.quantity) >= 1 &&
  Number(line.quantity) <= 20
