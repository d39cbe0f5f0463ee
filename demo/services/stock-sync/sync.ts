/**
 * Stock sync: copies the supplier's deliveries into inventory. It was set up in a hurry and runs with inventory's own
 * credential.
 */
import { createStepgate } from '@stepgate/node'
import { createPeer, PeerError } from '../shared/peer.ts'
import type { StockLevel } from '../shared/messages.ts'
import { requireVariable } from '../shared/require-variable.ts'
import { stopGently } from '../shared/stop-gently.ts'

const SYNC_INTERVAL_MS = 30_000
const REFILL_BELOW_PIECES = 60
const REFILL_TO_PIECES = 72

const stepgate = createStepgate()
const inventory = createPeer(stepgate, 'inventory', requireVariable('INVENTORY_URL'))
const orders = createPeer(stepgate, 'orders', requireVariable('ORDERS_URL'))

async function syncOnce(): Promise<void> {
  const demand = await orders.get<Record<string, number>>('/demand')
  const { levels } = await inventory.get<{ levels: StockLevel[] }>('/stock')
  const low = levels.filter(({ available }) => available < REFILL_BELOW_PIECES).slice(0, 3)
  for (const { sku } of low)
    await inventory.send('PUT', `/stock/${sku}`, { available: REFILL_TO_PIECES + Math.min(demand[sku] ?? 0, 12) })
}

function sync(): void {
  syncOnce().catch((error: unknown) => {
    if (!(error instanceof PeerError)) throw error
    console.warn(error.message)
  })
}

const timer = setInterval(sync, SYNC_INTERVAL_MS)
sync()
stopGently(async () => {
  clearInterval(timer)
  await stepgate.close()
})
