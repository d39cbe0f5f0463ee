import { expect, expectAccessible, expectNoSidewaysScroll, testInOneTab as test } from './support/journey.ts'

const PAGES = [
  ['Overview', '/overview'],
  ['Endpoints', '/endpoints'],
  ['Services', '/services'],
  ['Payments', '/services/payments'],
  ['Identities', '/identities'],
  ['orders', '/identities/orders'],
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

test('a page that does not exist says so, and leads back', async ({ page, baseURL }) => {
  const response = await page.request.get(`${baseURL ?? ''}/e/production/nowhere`)
  expect(response.status()).toBe(404)
  expect(await response.text()).toContain('There is nothing here')
})
