import { requireVariable } from '../services/shared/require-variable.ts'
import { createApi } from './api.ts'
import { repeat } from './repeat.ts'

const ATTEMPT_INTERVAL_MS = 25_000
const CUSTOMERS_TRIED = 9_000

/** Somebody who found the internal address of orders and counts through its customers. */
export function startScraper(): () => void {
  const orders = createApi(requireVariable('ORDERS_URL'), () =>
    Promise.resolve({ 'user-agent': 'python-requests/2.31' }),
  )
  return repeat('scraper', ATTEMPT_INTERVAL_MS, 'by-demand', async () => {
    const number = 1_000 + Math.floor(Math.random() * CUSTOMERS_TRIED)
    await orders('GET', `/customers/cus-${number.toString()}/orders`)
  })
}
