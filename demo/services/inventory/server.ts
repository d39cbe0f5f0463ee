/** Inventory: Express 4. What lies in the warehouses, what is reserved, what is packed. */
import { createStepgate } from '@stepgate/node'
import { protectExpress } from '@stepgate/node/express'
import express from 'express-4'
import { closeServer, drainServer } from '../shared/close-server.ts'
import { listenOptions } from '../shared/listen-options.ts'
import type { OrderLine } from '../shared/messages.ts'
import { createPeer } from '../shared/peer.ts'
import { requireVariable } from '../shared/require-variable.ts'
import { stopGently } from '../shared/stop-gently.ts'
import { startPacking } from './packing.ts'
import { StockRoom, WAREHOUSES } from './stock-room.ts'

const stepgate = createStepgate()
const app = express()
protectExpress(app, stepgate)

const stock = new StockRoom()
const orders = createPeer(stepgate, 'orders', requireVariable('ORDERS_URL'))

app.use(express.json())
app.get('/healthz', (_request, response) => {
  response.json({ ok: true })
})

app.get('/stock', (_request, response) => {
  response.json({ levels: stock.levels() })
})
app.get('/stock/export', (_request, response) => {
  const rows = stock
    .levels()
    .map(
      ({ sku, available, reserved, warehouse }) => `${sku};${available.toString()};${reserved.toString()};${warehouse}`,
    )
  response.type('text/csv').send(['sku;available;reserved;warehouse', ...rows].join('\n'))
})
app.post('/stock/recount', (_request, response) => {
  response.status(202).json({ counted: stock.levels().length })
})
app.get('/stock/:sku', (request, response) => {
  const level = stock.level(request.params.sku)
  if (level === undefined) response.status(404).json({ error: 'no such article' })
  else response.json(level)
})
app.put('/stock/:sku', (request, response) => {
  const { available } = request.body as Record<string, unknown>
  if (!Number.isInteger(available) || Number(available) < 0) {
    response.status(400).json({ error: 'available is needed' })
    return
  }
  const level = stock.setAvailable(request.params.sku, Number(available))
  if (level === undefined) response.status(404).json({ error: 'no such article' })
  else response.json(level)
})

app.post('/reservations', (request, response) => {
  const { orderId, lines } = request.body as Record<string, unknown>
  if (typeof orderId !== 'string' || !Array.isArray(lines)) {
    response.status(400).json({ error: 'orderId and lines are needed' })
    return
  }
  const reservation = stock.reserve(orderId, lines as OrderLine[])
  if (reservation === null) response.status(409).json({ error: 'not enough in stock' })
  else response.status(201).json(reservation)
})
app.get('/reservations/:reservationId', (request, response) => {
  const reservation = stock.reservation(request.params.reservationId)
  if (reservation === undefined) response.status(404).json({ error: 'no such reservation' })
  else response.json(reservation)
})
app.post('/reservations/:reservationId/commit', (request, response) => {
  const reservation = stock.setState(request.params.reservationId, 'committed')
  if (reservation === undefined) response.status(404).json({ error: 'no such reservation' })
  else response.json(reservation)
})
app.delete('/reservations/:reservationId', (request, response) => {
  response.status(stock.release(request.params.reservationId) ? 204 : 404).end()
})

app.get('/warehouses', (_request, response) => {
  response.json({ warehouses: WAREHOUSES })
})
app.get('/warehouses/:warehouseId', (request, response) => {
  const warehouse = WAREHOUSES.find(({ id }) => id === request.params.warehouseId)
  if (warehouse === undefined) response.status(404).json({ error: 'no such warehouse' })
  else response.json(warehouse)
})

await stepgate.started
const server = app.listen(listenOptions())
const stopPacking = startPacking(stock, orders)
stopGently(async (signal) => {
  stopPacking()
  await (signal === 'SIGTERM' ? drainServer(server) : closeServer(server))
  await stepgate.close()
})
