import { ASSORTMENT } from '../shared/assortment.ts'
import type { OrderLine, Reservation, StockLevel } from '../shared/messages.ts'
import { RecentMap } from '../shared/recent-map.ts'
import { recordId } from '../shared/record-id.ts'

export const WAREHOUSES = [
  { id: 'hamburg', name: 'Hamburg', docks: 6 },
  { id: 'rotterdam', name: 'Rotterdam', docks: 9 },
] as const

const RESERVATIONS_KEPT = 400
const INITIAL_PIECES = 64

/** What lies in the warehouses and what is promised. */
export class StockRoom {
  readonly #levels = new Map<string, StockLevel>(
    ASSORTMENT.map(({ sku }, index) => [
      sku,
      { sku, available: INITIAL_PIECES, reserved: 0, warehouse: index % 2 === 0 ? 'hamburg' : 'rotterdam' },
    ]),
  )
  readonly #reservations = new RecentMap<Reservation>(RESERVATIONS_KEPT)

  levels(): StockLevel[] {
    return [...this.#levels.values()]
  }

  level(sku: string): StockLevel | undefined {
    return this.#levels.get(sku)
  }

  setAvailable(sku: string, available: number): StockLevel | undefined {
    return this.#change(sku, () => ({ available }))
  }

  /** Null where an article is unknown or too few are left. */
  reserve(orderId: string, lines: readonly OrderLine[]): Reservation | null {
    const isAvailable = lines.every(({ sku, quantity }) => (this.#levels.get(sku)?.available ?? 0) >= quantity)
    if (!isAvailable) return null
    for (const { sku, quantity } of lines)
      this.#change(sku, (level) => ({ available: level.available - quantity, reserved: level.reserved + quantity }))
    const reservation: Reservation = { id: recordId('res'), orderId, lines, state: 'held' }
    this.#reservations.set(reservation.id, reservation)
    return reservation
  }

  reservation(id: string): Reservation | undefined {
    return this.#reservations.get(id)
  }

  setState(id: string, state: Reservation['state']): Reservation | undefined {
    const reservation = this.#reservations.get(id)
    if (reservation === undefined) return undefined
    const changed = { ...reservation, state }
    this.#reservations.set(id, changed)
    if (state === 'shipped')
      for (const { sku, quantity } of reservation.lines)
        this.#change(sku, (level) => ({ reserved: level.reserved - quantity }))
    return changed
  }

  release(id: string): boolean {
    const reservation = this.#reservations.get(id)
    if (reservation === undefined) return false
    for (const { sku, quantity } of reservation.lines)
      this.#change(sku, (level) => ({ available: level.available + quantity, reserved: level.reserved - quantity }))
    return this.#reservations.delete(id)
  }

  /** Reservations that are paid and wait for a parcel. */
  toPack(): Reservation[] {
    return this.#reservations.values().filter(({ state }) => state === 'committed')
  }

  #change(sku: string, change: (level: StockLevel) => Partial<StockLevel>): StockLevel | undefined {
    const level = this.#levels.get(sku)
    if (level === undefined) return undefined
    const changed = { ...level, ...change(level) }
    this.#levels.set(sku, changed)
    return changed
  }
}
