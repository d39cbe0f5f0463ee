/**
 * The marketplace partner: another company's program. It gets tokens with a private key (private_key_jwt, RFC 7523) and
 * calls with plain fetch; nothing of Stepgate's is installed here.
 */
import { createPrivateKey, randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { SignJWT } from 'jose'
import { ASSORTMENT } from '../../services/shared/assortment.ts'
import { closeServer } from '../../services/shared/close-server.ts'
import type { Order } from '../../services/shared/messages.ts'
import { requireVariable } from '../../services/shared/require-variable.ts'
import { stopGently } from '../../services/shared/stop-gently.ts'
import { anyOf, createApi } from '../api.ts'
import { keepTokens } from '../client-credentials.ts'
import { repeat } from '../repeat.ts'

const ORDER_INTERVAL_MS = 18_000
const SETTLEMENT_INTERVAL_MS = 60_000
const USER_AGENT = 'partner-webhooks/3.1'

const clientId = requireVariable('CLIENT_ID')
const key = createPrivateKey(requireVariable('PRIVATE_KEY'))

async function signAssertion(): Promise<string> {
  return new SignJWT()
    .setProtectedHeader({ alg: 'ES256', typ: 'JWT' })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(requireVariable('TOKEN_ISSUER'))
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime('2m')
    .sign(key)
}

const tokenFor = keepTokens({
  tokenEndpoint: requireVariable('TOKEN_ENDPOINT'),
  clientId,
  userAgent: USER_AGENT,
  prove: async () => ({
    form: {
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await signAssertion(),
    },
  }),
})
const orders = createApi(requireVariable('ORDERS_URL'), async () => ({
  'user-agent': USER_AGENT,
  authorization: `Bearer ${await tokenFor('orders')}`,
}))
const payments = createApi(requireVariable('PAYMENTS_URL'), async () => ({
  'user-agent': USER_AGENT,
  authorization: `Bearer ${await tokenFor('payments')}`,
}))

const stopOrders = repeat('orders', ORDER_INTERVAL_MS, 'by-demand', async () => {
  const sku = anyOf(ASSORTMENT)?.sku ?? 'SEA-201'
  const { status, body } = await orders('POST', '/partner/orders', {
    customerId: 'marketplace',
    lines: [{ sku, quantity: 1 }],
  })
  if (status === 201) await orders('GET', `/orders/${(body as Order).id}`)
  else console.warn(`the shop answered an order with ${status.toString()}`)
})
const stopSettlements = repeat('settlements', SETTLEMENT_INTERVAL_MS, 'steady', async () => {
  await payments('POST', '/settlements', { amountCents: 10_000 + Math.floor(Math.random() * 90_000) })
})

/** Events of the shop arrive here. */
const server = createServer((request, response) => {
  request.resume()
  response
    .writeHead(request.method === 'POST' && request.url === '/events' ? 204 : request.url === '/healthz' ? 200 : 404)
    .end()
})
server.listen(Number(requireVariable('PORT')), '127.0.0.1')
stopGently(async () => {
  stopOrders()
  stopSettlements()
  await closeServer(server)
})
