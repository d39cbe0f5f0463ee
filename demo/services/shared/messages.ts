/** What the services of the shop say to each other. */

export interface OrderLine {
  readonly sku: string
  readonly quantity: number
}

export interface OrderRequest {
  readonly customerId: string
  readonly lines: readonly OrderLine[]
}

export type OrderStatus = 'placed' | 'paid' | 'shipped' | 'returned' | 'cancelled'

export interface Order extends OrderRequest {
  readonly id: string
  readonly channel: 'storefront' | 'marketplace'
  readonly totalCents: number
  readonly placedAt: string
  readonly status: OrderStatus
  readonly chargeId: string | null
  readonly refundId: string | null
  readonly reservationId: string | null
  readonly trackingNumber: string | null
}

export interface Charge {
  readonly id: string
  readonly orderId: string
  readonly customerId: string
  readonly amountCents: number
  readonly status: 'authorised' | 'captured' | 'voided'
  readonly createdAt: string
}

export interface Refund {
  readonly id: string
  readonly chargeId: string
  readonly amountCents: number
  readonly reason: string
  readonly createdAt: string
}

export interface Reservation {
  readonly id: string
  readonly orderId: string
  readonly lines: readonly OrderLine[]
  readonly state: 'held' | 'committed' | 'shipped'
}

export interface StockLevel {
  readonly sku: string
  readonly available: number
  readonly reserved: number
  readonly warehouse: string
}

export interface Message {
  readonly id: string
  readonly kind: 'email' | 'text' | 'webhook'
  readonly to: string
  readonly template: string
  readonly body: string
  readonly sentAt: string
}
