/** Storefront: Express 5. What customers see; everything behind it is asked of other services. */
import { createStepgate } from '@stepgate/node'
import { protectExpress } from '@stepgate/node/express'
import express, { type NextFunction, type Request, type Response } from 'express'
import { closeServer, drainServer } from '../shared/close-server.ts'
import { listenOptions } from '../shared/listen-options.ts'
import { createPeer, PeerError } from '../shared/peer.ts'
import { requireVariable } from '../shared/require-variable.ts'
import { stopGently } from '../shared/stop-gently.ts'
import { accountRoutes } from './account-routes.ts'
import { cartRoutes } from './cart-routes.ts'
import { Carts } from './carts.ts'
import { catalogueRoutes } from './catalogue-routes.ts'
import { requireSignIn } from './signed-in.ts'

const stepgate = createStepgate()
const app = express()
protectExpress(app, stepgate)

const orders = createPeer(stepgate, 'orders', requireVariable('ORDERS_URL'))
const inventory = createPeer(stepgate, 'inventory', requireVariable('INVENTORY_URL'))
const signIn = requireSignIn(requireVariable('OIDC_ISSUER'), requireVariable('OIDC_AUDIENCE'))

app.use(express.json())
app.get('/healthz', (_request, response) => {
  response.json({ ok: true })
})
app.use(catalogueRoutes(inventory))
app.use(cartRoutes(new Carts(), orders, signIn))
app.use('/account', accountRoutes(orders, signIn))

app.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
  if (!(error instanceof PeerError)) {
    next(error)
    return
  }
  if (error.isRefusal || error.status >= 500) console.warn(error.message)
  const status = error.status === 404 || error.status === 409 ? error.status : 502
  response.status(status).json({ error: 'this did not work; please try again later' })
})

await stepgate.started
const server = app.listen(listenOptions())
stopGently(async (signal) => {
  await (signal === 'SIGTERM' ? drainServer(server) : closeServer(server))
  await stepgate.close()
})
