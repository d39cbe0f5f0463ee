import { Router } from 'express'
import { ASSORTMENT } from '../shared/assortment.ts'
import type { StockLevel } from '../shared/messages.ts'
import type { Peer } from '../shared/peer.ts'

/** What everybody may look at. */
export function catalogueRoutes(inventory: Peer): Router {
  const routes = Router()

  routes.get('/products', (request, response) => {
    const { category } = request.query
    response.json({ products: ASSORTMENT.filter((product) => category === undefined || product.category === category) })
  })

  routes.get('/products/:productId', (request, response) => {
    const product = ASSORTMENT.find(({ id }) => id === request.params.productId)
    if (product === undefined) response.status(404).json({ error: 'no such product' })
    else response.json(product)
  })

  routes.get('/products/:productId/availability', async (request, response) => {
    const product = ASSORTMENT.find(({ id }) => id === request.params.productId)
    if (product === undefined) {
      response.status(404).json({ error: 'no such product' })
      return
    }
    const level = await inventory.get<StockLevel>(`/stock/${product.sku}`)
    response.json({ productId: product.id, inStock: level.available > 0, few: level.available < 10 })
  })

  routes.get('/search', (request, response) => {
    const { q } = request.query
    const words = typeof q === 'string' ? q.toLowerCase() : ''
    response.json({ products: ASSORTMENT.filter(({ name }) => name.toLowerCase().includes(words)) })
  })

  return routes
}
