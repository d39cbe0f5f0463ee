/** Payments: Express 5 with routers. Charges, refunds, payouts. */
import { createStepgate } from '@stepgate/node'
import { protectExpress } from '@stepgate/node/express'
import express, { type NextFunction, type Request, type Response } from 'express'
import { closeServer, drainServer } from '../shared/close-server.ts'
import { listenOptions } from '../shared/listen-options.ts'
import { createPeer, PeerError } from '../shared/peer.ts'
import { requireVariable } from '../shared/require-variable.ts'
import { stopGently } from '../shared/stop-gently.ts'
import { chargeRoutes } from './charge-routes.ts'
import { Ledger } from './ledger.ts'
import { refundRoutes } from './refund-routes.ts'

const stepgate = createStepgate()
const app = express()
protectExpress(app, stepgate)

const ledger = new Ledger()
const notifications = createPeer(stepgate, 'notifications', requireVariable('NOTIFICATIONS_URL'))

app.use(express.json())
app.get('/healthz', (_request, response) => {
  response.json({ ok: true })
})
app.use('/charges', chargeRoutes(ledger, notifications))
app.use('/refunds', refundRoutes(ledger))

app.get('/customers/:customerId/payment-methods', (request, response) => {
  response.json({
    customerId: request.params.customerId,
    methods: [{ kind: 'card', brand: 'visa', last4: '4242', expires: '2028-04' }],
  })
})
app.get('/payouts', (_request, response) => {
  response.json({ payouts: ledger.payouts() })
})
app.post('/payouts', (request, response) => {
  const { amountCents } = request.body as Record<string, unknown>
  if (Number.isInteger(amountCents)) response.status(201).json(ledger.payOut(Number(amountCents)))
  else response.status(400).json({ error: 'amountCents is needed' })
})
app.get('/reports/ledger', (_request, response) => {
  response.json(ledger.balance())
})
app.post('/settlements', (request, response) => {
  const { amountCents } = request.body as Record<string, unknown>
  if (!Number.isInteger(amountCents)) {
    response.status(400).json({ error: 'amountCents is needed' })
    return
  }
  response.status(202).json({ payout: ledger.payOut(Number(amountCents)) })
})

app.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
  if (!(error instanceof PeerError)) {
    next(error)
    return
  }
  console.warn(error.message)
  response.status(502).json({ error: error.message })
})

await stepgate.started
const server = app.listen(listenOptions())
stopGently(async (signal) => {
  await (signal === 'SIGTERM' ? drainServer(server) : closeServer(server))
  await stepgate.close()
})
