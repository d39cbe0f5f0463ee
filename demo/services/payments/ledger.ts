import type { Charge, Refund } from '../shared/messages.ts'
import { RecentMap } from '../shared/recent-map.ts'
import { recordId } from '../shared/record-id.ts'

const RECORDS_KEPT = 400

export interface Payout {
  readonly id: string
  readonly amountCents: number
  readonly arrivesOn: string
}

/** Money in and money out. */
export class Ledger {
  readonly #charges = new RecentMap<Charge>(RECORDS_KEPT)
  readonly #refunds = new RecentMap<Refund>(RECORDS_KEPT)
  readonly #payouts = new RecentMap<Payout>(50)

  charge(orderId: string, customerId: string, amountCents: number): Charge {
    const charge: Charge = {
      id: recordId('chg'),
      orderId,
      customerId,
      amountCents,
      status: 'authorised',
      createdAt: new Date().toISOString(),
    }
    this.#charges.set(charge.id, charge)
    return charge
  }

  findCharge(id: string): Charge | undefined {
    return this.#charges.get(id)
  }

  newestCharges(limit: number): Charge[] {
    return this.#charges.values().slice(-limit).reverse()
  }

  setStatus(id: string, status: Charge['status']): Charge | undefined {
    const charge = this.#charges.get(id)
    if (charge === undefined) return undefined
    const changed = { ...charge, status }
    this.#charges.set(id, changed)
    return changed
  }

  refund(chargeId: string, amountCents: number, reason: string): Refund {
    const refund: Refund = { id: recordId('ref'), chargeId, amountCents, reason, createdAt: new Date().toISOString() }
    this.#refunds.set(refund.id, refund)
    return refund
  }

  findRefund(id: string): Refund | undefined {
    return this.#refunds.get(id)
  }

  newestRefunds(limit: number): Refund[] {
    return this.#refunds.values().slice(-limit).reverse()
  }

  payOut(amountCents: number): Payout {
    const payout: Payout = {
      id: recordId('pay'),
      amountCents,
      arrivesOn: new Date(Date.now() + 172_800_000).toISOString().slice(0, 10),
    }
    this.#payouts.set(payout.id, payout)
    return payout
  }

  payouts(): Payout[] {
    return this.#payouts.values()
  }

  balance(): { chargedCents: number; refundedCents: number } {
    const sum = (amounts: { amountCents: number }[]): number =>
      amounts.reduce((total, { amountCents }) => total + amountCents, 0)
    return {
      chargedCents: sum(this.#charges.values().filter(({ status }) => status !== 'voided')),
      refundedCents: sum(this.#refunds.values()),
    }
  }
}
