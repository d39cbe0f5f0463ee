import { readFileSync } from 'node:fs'
import type { Customer } from '../identity-provider/provider-configuration.ts'
import { CUSTOMER_SCOPES, SHOP_CLIENT_ID } from '../identity-provider/provider-configuration.ts'
import { ASSORTMENT } from '../services/shared/assortment.ts'
import type { Order } from '../services/shared/messages.ts'
import { requireVariable } from '../services/shared/require-variable.ts'
import { anyOf, createApi, listIn, type Api } from './api.ts'
import { refreshTokens, signInCustomer, type CustomerTokens, type IdentityProvider } from './customer-sign-in.ts'
import { repeat } from './repeat.ts'

const VISIT_INTERVAL_MS = 3_500
const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:148.0) Gecko/20100101 Firefox/148.0'

const provider: IdentityProvider = {
  issuer: requireVariable('OIDC_ISSUER'),
  clientId: SHOP_CLIENT_ID,
  redirectUri: requireVariable('REDIRECT_URI'),
  scope: CUSTOMER_SCOPES,
}
const customers = JSON.parse(readFileSync(requireVariable('CUSTOMERS_FILE'), 'utf8')) as Customer[] // written by the fleet
const sessions = new Map<string, CustomerTokens>()

async function accessTokenOf(customer: Customer): Promise<string> {
  const known = sessions.get(customer.id)
  if (known !== undefined && known.expiresAtMs - Date.now() > 30_000) return known.accessToken
  const tokens =
    known === undefined
      ? await signInCustomer(provider, customer)
      : await refreshTokens(provider, known).catch(() => signInCustomer(provider, customer))
  sessions.set(customer.id, tokens)
  return tokens.accessToken
}

const chance = (share: number): boolean => Math.random() < share
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 150 + Math.random() * 500))

const storefront = requireVariable('STOREFRONT_URL')
const visitor = createApi(storefront, () => Promise.resolve({ 'user-agent': BROWSER }))
const signedIn = (customer: Customer): Api =>
  createApi(storefront, async () => ({
    'user-agent': BROWSER,
    authorization: `Bearer ${await accessTokenOf(customer)}`,
  }))

async function browse(): Promise<string> {
  const product = anyOf(ASSORTMENT) ?? { id: 'oak-stool', name: 'Oak stool', category: 'seating' }
  if (chance(0.4)) await visitor('GET', `/search?q=${encodeURIComponent(product.name.split(' ')[0] ?? '')}`)
  else await visitor('GET', `/products?category=${product.category}`)
  await pause()
  await visitor('GET', `/products/${product.id}`)
  if (chance(0.7)) await visitor('GET', `/products/${product.id}/availability`)
  return product.id
}

async function shop(shopper: Api): Promise<void> {
  const productId = await browse()
  await pause()
  await shopper('POST', '/cart/items', { productId, quantity: 1 + Math.floor(Math.random() * 2) })
  await pause()
  await shopper('GET', '/cart')
  if (chance(0.35)) await shopper('PATCH', `/cart/items/${productId}`, { quantity: 2 })
  if (chance(0.15)) await shopper('DELETE', `/cart/items/${productId}`)
  else if (chance(0.6)) await shopper('POST', '/checkout', {})
}

async function lookAtOrders(shopper: Api): Promise<void> {
  const { body } = await shopper('GET', '/account/orders')
  const order = anyOf(listIn<Order>(body, 'orders'))
  if (order === undefined) return
  await pause()
  await shopper('GET', `/account/orders/${order.id}`)
  const isReturnable = order.status === 'paid' || order.status === 'shipped'
  if (!isReturnable || !chance(0.5)) return
  await shopper('POST', `/account/orders/${order.id}/returns`, { reason: 'does not fit' })
  await pause()
  await shopper('GET', `/account/orders/${order.id}`)
}

async function keepProfile(shopper: Api): Promise<void> {
  await shopper('GET', '/account/profile')
  if (chance(0.5)) await shopper('PUT', '/account/profile', { newsletter: chance(0.5) })
}

async function visit(): Promise<void> {
  const customer = anyOf(customers)
  if (customer === undefined || chance(0.35)) {
    await browse()
    return
  }
  const shopper = signedIn(customer)
  if (chance(0.6)) await shop(shopper)
  else if (chance(0.7)) await lookAtOrders(shopper)
  else await keepProfile(shopper)
}

/** Customers of the shop, with tokens of its identity provider. */
export const startShoppers = (): (() => void) => repeat('shoppers', VISIT_INTERVAL_MS, 'by-demand', visit)
