import { ASSORTMENT } from '../shared/assortment.ts'
import type { OrderLine } from '../shared/messages.ts'
import { RecentMap } from '../shared/recent-map.ts'

const CARTS_KEPT = 300
const QUANTITY_MAX = 20

/** One cart for each customer. */
export class Carts {
  readonly #carts = new RecentMap<Map<string, number>>(CARTS_KEPT)

  lines(customerId: string): OrderLine[] {
    return [...(this.#carts.get(customerId) ?? [])].map(([sku, quantity]) => ({ sku, quantity }))
  }

  /** Null for a product the shop does not have. */
  put(customerId: string, productId: string, quantity: number): OrderLine[] | null {
    const product = ASSORTMENT.find(({ id }) => id === productId)
    if (product === undefined || !Number.isInteger(quantity) || quantity < 1 || quantity > QUANTITY_MAX) return null
    const cart = this.#carts.get(customerId) ?? new Map<string, number>()
    cart.set(product.sku, quantity)
    this.#carts.set(customerId, cart)
    return this.lines(customerId)
  }

  remove(customerId: string, productId: string): OrderLine[] {
    const product = ASSORTMENT.find(({ id }) => id === productId)
    if (product !== undefined) this.#carts.get(customerId)?.delete(product.sku)
    return this.lines(customerId)
  }

  empty(customerId: string): void {
    this.#carts.delete(customerId)
  }
}
