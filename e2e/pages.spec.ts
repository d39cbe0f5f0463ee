import { expect, expectAccessible, expectNoSidewaysScroll, testInOneTab as test } from './support/journey.ts'

const PAGES = [
  ['Overview', '/overview'],
  ['Endpoints', '/endpoints'],
  ['Services', '/services'],
  ['Payments', '/services/payments'],
  ['Identities', '/identities'],
  ['orders', '/identities/orders'],
  ['Identity of orders', '/services/orders/identity'],
  ['Scopes', '/scopes'],
  ['Decisions', '/decisions'],
  ['Lifetimes', '/findings'],
  ['Least privilege', '/findings/least-privilege'],
  ['Stalled and silent', '/findings/stalled?days=0'],
  ['Shared credentials', '/findings/shared-credentials'],
  ['Audit log', '/audit'],
  ['Settings', '/settings'],
] as const

const LOOKS = [
  { colorScheme: 'light', viewport: { width: 1440, height: 900 } },
  { colorScheme: 'dark', viewport: { width: 390, height: 844 } },
] as const

test.describe.configure({ mode: 'parallel' })

for (const [name, path] of PAGES) {
  test(`${name} is accessible, fits its window and logs no error`, async ({ page }) => {
    await page.goto(`/e/production${path}`)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    for (const { colorScheme, viewport } of LOOKS) {
      await test.step(`${colorScheme}, ${String(viewport.width)} pixels wide`, async () => {
        await page.setViewportSize(viewport)
        await page.emulateMedia({ colorScheme })
        await page.waitForLoadState('networkidle')
        await expectAccessible(page)
        await expectNoSidewaysScroll(page)
      })
    }
  })
}

test('the overview leads to lists of what it counts, and the list holds the whole fleet', async ({ page }) => {
  const tile = page.getByRole('region', { name: 'Posture' }).getByRole('link', { name: /^Ready to enforce/ })
  // Other journeys change modes and grants meanwhile.
  await expect(async () => {
    await page.goto('/e/production/overview')
    const [count = ''] = await tile.getByText(/^\d+$/).allTextContents()
    await tile.click()
    await expect(page.getByText(new RegExp(`^${count} of \\d+ endpoints$`))).toBeVisible({ timeout: 5_000 })
  }).toPass()
  await page.goto('/e/production/endpoints')
  await expect(page.getByText(/^\d+ endpoints$/)).toBeVisible()
})

test('the overview of an environment in which nothing runs names its silent services', async ({ page }) => {
  await page.goto('/e/staging/overview')
  await page.getByRole('link', { name: /services were never started here/ }).click()
  await expect(
    page
      .getByRole('region', { name: /^Silent services/ })
      .getByRole('listitem')
      .first(),
  ).toBeVisible()
})

test('an identity names the endpoints it calls, what they answer, and why', async ({ page }) => {
  await page.goto('/e/production/identities/notifications')
  const calls = page.getByRole('region', { name: 'Endpoints it calls' })
  await calls.getByRole('radio', { name: '30 days' }).check({ force: true })
  await expect(page).toHaveURL(/window=720/)
  await page.reload()
  await expect(calls.getByRole('radio', { name: '30 days' })).toBeChecked()
})

test('a page that does not exist says so, and leads back', async ({ page, baseURL }) => {
  const response = await page.request.get(`${baseURL ?? ''}/e/production/nowhere`)
  expect(response.status()).toBe(404)
  expect(await response.text()).toContain('There is nothing here')
})
