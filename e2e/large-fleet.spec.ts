import { expect, test } from './support/journey.ts'

const ENVIRONMENT = 'large'
const PATHS_PER_SERVICE = 650

const toDocument = (service: string): string =>
  JSON.stringify({
    openapi: '3.1.0',
    info: { title: service, version: '1' },
    paths: Object.fromEntries(
      Array.from({ length: PATHS_PER_SERVICE }, (_, index) => [
        `/${service}/parts/p${String(index).padStart(4, '0')}`,
        { get: { responses: {} }, post: { responses: {} } },
      ]),
    ),
  })

test('a fleet of more endpoints than one answer holds is searched as a whole and scrolled to its end', async ({
  page,
  ask,
}) => {
  test.setTimeout(120_000)
  await ask('/environments', { method: 'POST', body: { slug: ENVIRONMENT, name: 'Large' } })
  for (const service of ['orders', 'payments'])
    await ask(`/environments/${ENVIRONMENT}/services/${service}/openapi`, {
      method: 'POST',
      body: { document: toDocument(service), dryRun: false },
    })

  await page.goto(`/e/${ENVIRONMENT}/endpoints`)
  const note = page.getByText(/^The first 500 of 2,600 endpoints\. Others follow as you scroll/)
  await expect(note).toBeVisible()
  const grid = page.getByRole('grid', { name: 'Endpoints' })
  await expect(grid).toHaveAttribute('aria-rowcount', '2601')

  await page.getByRole('searchbox', { name: 'Search endpoints' }).fill('payments p0649 post')
  await expect(grid.getByRole('row', { name: /POST \/payments\/parts\/p0649/ })).toBeVisible()
  await expect(page.getByText('1 endpoint', { exact: true })).toBeVisible()
  await page.getByRole('searchbox', { name: 'Search endpoints' }).fill('')
  await expect(note).toBeVisible()

  await expect(async () => {
    await page.evaluate(() => {
      window.scrollTo(0, document.body.scrollHeight)
    })
    await expect(page.getByText('2,600 endpoints', { exact: true })).toBeVisible({ timeout: 500 })
  }).toPass()
  await expect(grid.getByRole('row', { name: /POST \/payments\/parts\/p0649/ })).toBeVisible()
})
