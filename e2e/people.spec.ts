import { test as base } from '@playwright/test'
import { expect, expectAccessible, test } from './support/journey.ts'
import { accountOf, productUrl } from './support/product.ts'

base.describe('signing in', () => {
  base(
    'a wrong password is refused in words; the right one leads to the overview; signing out ends it',
    async ({ page }) => {
      const { email, password } = accountOf('operator')
      await page.goto(`${productUrl()}/e/production/endpoints`)
      await expect(page).toHaveURL(/\/sign-in/)
      await expectAccessible(page)
      await page.getByLabel('E-mail').fill(email)
      await page.getByLabel('Password', { exact: true }).fill('not the password')
      await page.keyboard.press('Enter')
      await expect(page.getByRole('alert').filter({ hasText: /wrong/ })).toBeVisible()
      await page.getByLabel('Password', { exact: true }).fill(password)
      await page.keyboard.press('Enter')
      await expect(page.getByRole('heading', { level: 1, name: 'Endpoints' })).toBeVisible()

      await page.getByRole('button', { name: /operator/i }).click()
      await page.getByRole('menuitem', { name: /sign out/i }).click()
      await expect(page).toHaveURL(/\/sign-in/)
      await page.goto(`${productUrl()}/e/production/endpoints`)
      await expect(page).toHaveURL(/\/sign-in/)
    },
  )
})

test.describe('a viewer', () => {
  test.use({ role: 'viewer' })

  test('reads everything, and is told what the role does not allow', async ({ page }) => {
    await page.goto('/e/production/endpoints?q=refunds')
    await page
      .getByRole('link', { name: /\/refunds/ })
      .first()
      .click()
    await page.getByRole('main').getByRole('button', { name: 'Change mode' }).first().click()
    const panel = page.getByRole('dialog', { name: 'Change mode' })
    await panel.getByRole('radio', { name: /^Off/ }).check({ force: true })
    const change = panel.getByRole('button', { name: /off/i }).last()
    await expect(change).toHaveAttribute('aria-disabled', 'true')
    await change.hover()
    await expect(page.getByRole('tooltip').first()).toContainText(/operator/)
  })
})

test('a service is created and gets a secret that is shown once', async ({ page }) => {
  const slug = `shipping-${String(Date.now() % 100_000)}`
  await page.goto('/e/production/services')
  await page
    .getByRole('button', { name: /(create|new|add) service/i })
    .first()
    .click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name', { exact: true }).fill(`Shipping ${slug}`)
  await dialog.getByLabel(/slug|client id/i).fill(slug)
  await dialog.getByRole('button', { name: /create/i }).click()
  await page.goto(`/e/production/services/${slug}/identity`)
  await page.getByRole('button', { name: 'New credential' }).first().click()
  await page.getByRole('menuitem', { name: /secret/i }).click()
  await page.getByRole('dialog').getByLabel('Name', { exact: true }).fill('First deployment')
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /create/i })
    .click()
  await expect(page.getByText(/STEPGATE_CLIENT_SECRET/).first()).toBeVisible()
  await expect(page.getByText(/sg_live_/).first()).toBeVisible()
  await page.reload()
  await expect(page.getByText('First deployment').first()).toBeVisible()
  await expect(page.getByText(/sg_live_/)).toHaveCount(0)
})

test('the palette finds an endpoint without the mouse', async ({ page }) => {
  await page.goto('/e/production/overview')
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible()
  await page.waitForLoadState('networkidle')
  await page.keyboard.press('/')
  await page.getByRole('combobox').fill('refunds')
  await expect(page.getByRole('option', { name: /POST.*\/refunds/ }).first()).toBeVisible()
  await page
    .getByRole('option', { name: /POST.*\/refunds/ })
    .first()
    .press('Enter')
})

test('a single decision shows every check that was evaluated', async ({ page }) => {
  await page.goto('/e/production/decisions?outcome=would-deny')
  await page.getByLabel('Single decisions').getByRole('row').nth(1).click()
  const sheet = page.getByRole('dialog')
  await expect(sheet.getByText(/would have been denied/i).first()).toBeVisible()
  await expect(sheet.getByRole('region', { name: 'Checks, in order' })).toContainText('This decided')
  await expectAccessible(page)
})

test('the audit log shows before and after, and its chain is intact', async ({ page }) => {
  await page.goto('/e/production/audit?q=change-mode')
  await page
    .getByRole('row', { name: /Change mode/ })
    .first()
    .click()
  await expect(page.getByRole('dialog')).toContainText('mode')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Verify' }).click()
  await expect(page.getByText(/intact/i).first()).toBeVisible()
})

test('a lifetime above an hour needs a reason', async ({ page, ask }) => {
  await page.goto('/e/production/identities/backoffice')
  const panel = page.getByRole('region', { name: 'Token lifetime' })
  await panel.getByRole('radio', { name: 'Its own' }).check({ force: true })
  await panel.getByRole('spinbutton').or(panel.getByRole('textbox')).first().fill('7200')
  await panel.getByRole('button', { name: 'Save' }).click()
  await expect(panel.getByText(/reason/i).first()).toBeVisible()
  const identity = await ask<{ tokenLifetimeSeconds: number | null }>('/environments/production/identities/backoffice')
  expect(identity.tokenLifetimeSeconds).not.toBe(7200)
})

test('a chart is read, looked at closer and left without the mouse', async ({ page }) => {
  await page.goto('/e/production/decisions?range=1h')
  const bars = page.getByRole('slider', { name: /bar by bar/ })
  await bars.focus()
  await bars.press('Home')
  const oldest = await bars.getAttribute('aria-valuetext')
  await bars.press('Shift+PageUp')
  expect(await bars.getAttribute('aria-valuetext')).not.toBe(oldest)
  await bars.press('Enter')
  await expect(page).toHaveURL(/from=.*to=/)
  await page.goBack()
  await expect(page).not.toHaveURL(/from=/)
})

test('a series of a chart becomes the filter, and what it leaves is downloaded', async ({ page }) => {
  await page.goto('/e/production/decisions')
  await page.getByRole('button', { name: 'Only Would have been denied' }).click()
  await expect(page).toHaveURL(/outcome=would-deny/)
  await page.getByRole('button', { name: 'Export', exact: true }).click()
  const started = page.waitForEvent('download')
  await page
    .getByRole('group', { name: /^Single decisions/ })
    .getByRole('menuitem', { name: 'CSV' })
    .click()
  expect((await started).suggestedFilename()).toBe('decisions-samples.csv')
})

test('a change of the mode is marked where it happened, and says who made it', async ({ page }) => {
  await page.goto('/e/production/overview')
  await page
    .getByRole('button', { name: /mode change/i })
    .last()
    .press('Enter')
  const changes = page.getByRole('dialog', { name: 'Mode changes' })
  await expect(changes.getByText(/, revision \d+/).first()).toBeVisible()
})
