import { bySecret, requestAccessToken } from '../callers/client-credentials.ts'
import type { Fleet } from '../fleet.ts'
import { programOf } from './credential-changes.ts'
import { Probe } from './probe.ts'

const EVERY_MS = 50

const addressOf = (fleet: Fleet, name: string): string => new URL(programOf(fleet, name).plan.healthUrl ?? '').origin

/** The storefront asks inventory for it, with a token of its own. */
export function probeStorefront(fleet: Fleet): Probe {
  const url = `${addressOf(fleet, 'storefront')}/products/oak-stool/availability`
  return new Probe(
    EVERY_MS,
    (status) => status === 200,
    (signal) => fetch(url, { signal }),
  )
}

/** Notifications asks payments what was paid before a receipt leaves; this is asked in the name of orders. */
export async function probeNotifications(fleet: Fleet, gatewayUrl: string, secret: string): Promise<Probe> {
  const tokenEndpoint = `${gatewayUrl}/oauth/token`
  const orders = { tokenEndpoint, clientId: 'orders', userAgent: 'trial/1.0', prove: bySecret('orders', secret) }
  const { value } = await requestAccessToken(orders, 'notifications')
  const headers = { authorization: `Bearer ${value}`, 'content-type': 'application/json' }
  const body = JSON.stringify({ to: 'ada@example.com', template: 'receipt', orderId: 'trial', chargeId: 'trial' })
  const url = `${addressOf(fleet, 'notifications')}/emails`
  return new Probe(
    EVERY_MS,
    (status) => status === 202,
    (signal) => fetch(url, { method: 'POST', headers, body, signal }),
  )
}
