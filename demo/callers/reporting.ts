import { requireVariable } from '../services/shared/require-variable.ts'
import { createApi } from './api.ts'
import { bySecret, keepTokens } from './client-credentials.ts'
import { repeat } from './repeat.ts'

const REPORT_INTERVAL_MS = 45_000
const USER_AGENT = 'reporting/2.0'

/** The data warehouse's loader: fetches a token once and uses it all day. */
export function startReporting(): () => void {
  const clientId = requireVariable('REPORTING_CLIENT_ID')
  const tokenFor = keepTokens({
    tokenEndpoint: requireVariable('TOKEN_ENDPOINT'),
    clientId,
    userAgent: USER_AGENT,
    prove: bySecret(clientId, requireVariable('REPORTING_CLIENT_SECRET')),
  })
  const apiOf = (audience: string, baseUrl: string) =>
    createApi(baseUrl, async () => ({ 'user-agent': USER_AGENT, authorization: `Bearer ${await tokenFor(audience)}` }))
  const orders = apiOf('orders', requireVariable('ORDERS_URL'))
  const payments = apiOf('payments', requireVariable('PAYMENTS_URL'))
  const inventory = apiOf('inventory', requireVariable('INVENTORY_URL'))

  return repeat('reporting', REPORT_INTERVAL_MS, 'steady', async () => {
    await orders('GET', '/reports/sales')
    await payments('GET', '/reports/ledger')
    await payments('GET', '/payouts')
    await inventory('GET', '/stock/export')
    await inventory('GET', '/warehouses')
  })
}
