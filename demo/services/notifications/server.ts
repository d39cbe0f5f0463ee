/** Notifications: plain node:http. Mails, texts and webhooks. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createStepgate } from '@stepgate/node'
import { guard } from '@stepgate/node/node-http'
import { closeServer, drainServer } from '../shared/close-server.ts'
import { listenOptions } from '../shared/listen-options.ts'
import type { Charge } from '../shared/messages.ts'
import { createPeer, PeerError } from '../shared/peer.ts'
import { requireVariable } from '../shared/require-variable.ts'
import { stopGently } from '../shared/stop-gently.ts'
import { answer, readJson } from './json-exchange.ts'
import { Outbox } from './outbox.ts'

type Listener = (request: IncomingMessage, response: ServerResponse) => unknown

const stepgate = createStepgate()
const outbox = new Outbox()
const payments = createPeer(stepgate, 'payments', requireVariable('PAYMENTS_URL'))
const partnerUrl = requireVariable('PARTNER_URL')

const routes: { readonly method: string; readonly pattern: RegExp; readonly listener: Listener }[] = []

function route(method: string, template: string, listener: Listener): void {
  const pattern = new RegExp(`^${template.replaceAll(/:\w+/g, '[^/]+')}$`)
  routes.push({ method, pattern, listener: guard(stepgate, method, template, listener) })
}

const pathOf = (request: IncomingMessage): string => new URL(request.url ?? '/', 'http://notifications').pathname
const lastSegment = (request: IncomingMessage): string => decodeURIComponent(pathOf(request).split('/').at(-1) ?? '')
const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** A mail about money states the amount; without it the mail still leaves. */
async function amountOf(chargeId: string): Promise<string> {
  if (chargeId === '') return ''
  try {
    const charge = await payments.get<Charge>(`/charges/${chargeId}`)
    return ` (${(charge.amountCents / 100).toFixed(2)} EUR)`
  } catch (error) {
    if (!(error instanceof PeerError)) throw error
    console.warn(error.message)
    return ''
  }
}

/** A partner who does not answer gets the event again with the next one. */
async function callPartner(event: string, orderId: string): Promise<void> {
  const response = await fetch(`${partnerUrl}/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ event, orderId }),
    signal: AbortSignal.timeout(5_000),
  }).catch(() => null)
  if (response?.ok !== true) console.warn(`the partner did not take ${event} of ${orderId}`)
}

route('GET', '/healthz', (_request, response) => {
  answer(response, 200, { ok: true })
})
route('POST', '/emails', async (request, response) => {
  const { to, template, orderId, chargeId } = await readJson(request)
  if (text(to) === '' || text(template) === '') return answer(response, 400, { error: 'to and template are needed' })
  const amount = template === 'receipt' ? await amountOf(text(chargeId)) : ''
  return answer(response, 202, outbox.send('email', text(to), text(template), `${text(orderId)}${amount}`))
})
route('POST', '/texts', async (request, response) => {
  const { to, template, orderId } = await readJson(request)
  if (text(to) === '' || text(template) === '') return answer(response, 400, { error: 'to and template are needed' })
  return answer(response, 202, outbox.send('text', text(to), text(template), text(orderId)))
})
route('POST', '/webhooks', async (request, response) => {
  const { event, orderId } = await readJson(request)
  if (text(event) === '') return answer(response, 400, { error: 'event is needed' })
  await callPartner(text(event), text(orderId))
  return answer(response, 202, outbox.send('webhook', 'partner', text(event), text(orderId)))
})
route('GET', '/messages', (_request, response) => {
  answer(response, 200, { messages: outbox.newest(20) })
})
route('GET', '/messages/:messageId', (request, response) => {
  const message = outbox.find(lastSegment(request))
  if (message === undefined) answer(response, 404, { error: 'no such message' })
  else answer(response, 200, message)
})
route('GET', '/templates', (_request, response) => {
  answer(response, 200, outbox.templates())
})
route('PUT', '/templates/:templateId', async (request, response) => {
  const { words } = await readJson(request)
  if (text(words) === '') return answer(response, 400, { error: 'words are needed' })
  const isKnown = outbox.setTemplate(lastSegment(request), text(words))
  return isKnown ? answer(response, 200, { ok: true }) : answer(response, 404, { error: 'no such template' })
})

const server = createServer((request, response) => {
  const path = pathOf(request)
  const matched = routes.find(({ method, pattern }) => method === request.method && pattern.test(path))
  if (matched === undefined) {
    answer(response, 404, { error: 'no such route' })
    return
  }
  Promise.resolve(matched.listener(request, response)).catch((error: unknown) => {
    console.error(error)
    if (!response.headersSent) answer(response, 500, { error: 'internal error' })
  })
})
await stepgate.started
server.listen(listenOptions())
stopGently(async (signal) => {
  await (signal === 'SIGTERM' ? drainServer(server) : closeServer(server))
  await stepgate.close()
})
