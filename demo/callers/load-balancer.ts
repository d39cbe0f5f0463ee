import { requireVariable } from '../services/shared/require-variable.ts'
import { createApi } from './api.ts'
import { repeat } from './repeat.ts'

const PROBE_INTERVAL_MS = 15_000
const SERVICES = ['STOREFRONT_URL', 'ORDERS_URL', 'PAYMENTS_URL', 'INVENTORY_URL', 'NOTIFICATIONS_URL']

/** Asks every service whether it is well. */
export function startLoadBalancer(): () => void {
  const probes = SERVICES.map((name) =>
    createApi(requireVariable(name), () => Promise.resolve({ 'user-agent': 'load-balancer/1.0' })),
  )
  return repeat('load-balancer', PROBE_INTERVAL_MS, 'steady', async () => {
    await Promise.all(probes.map((probe) => probe('GET', '/healthz')))
  })
}
