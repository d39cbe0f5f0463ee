import { PeerError, type Peer } from '../shared/peer.ts'
import { recordId } from '../shared/record-id.ts'
import type { StockRoom } from './stock-room.ts'

const PACKING_INTERVAL_MS = 15_000
const PARCELS_PER_ROUND_MAX = 5

/** Packs what is paid for and reports the parcel to orders. */
async function packOnce(stock: StockRoom, orders: Peer): Promise<void> {
  for (const reservation of stock.toPack().slice(0, PARCELS_PER_ROUND_MAX)) {
    stock.setState(reservation.id, 'shipped')
    try {
      await orders.send('POST', `/orders/${reservation.orderId}/shipments`, { trackingNumber: recordId('trk') })
    } catch (error) {
      if (!(error instanceof PeerError)) throw error
      if (error.status !== 404 && error.status !== 409)
        console.warn(`the parcel of ${reservation.orderId} was not reported: ${error.message}`)
    }
  }
}

/** Packs every few seconds; returns a way to stop. */
export function startPacking(stock: StockRoom, orders: Peer): () => void {
  const timer = setInterval(() => {
    packOnce(stock, orders).catch((error: unknown) => {
      console.error(error)
    })
  }, PACKING_INTERVAL_MS)
  return () => {
    clearInterval(timer)
  }
}
