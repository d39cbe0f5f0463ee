import type { Locator, Page } from '@playwright/test'
import { expect, expectAccessible, test } from './support/journey.ts'

const ROUTE = '/customers/:customerId/payment-methods'

/** From the list, so that there is a page to go back to. */
async function openEndpoint(page: Page): Promise<string> {
  await page.goto('/e/production/endpoints?service=payments')
  await page.getByRole('row', { name: new RegExp(ROUTE) }).click()
  await expect(page).toHaveURL(/\/endpoints\/[0-9a-f-]{36}/)
  return page.url()
}

async function expectHeld(page: Page, url: string, dialog: Locator): Promise<void> {
  await expect(dialog).toContainText(`the draft of the rule for GET ${ROUTE}`)
  await expect(dialog).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  expect(page.url()).toBe(url)
}

test('a draft of a rule is not left without a question, whichever way out is taken', async ({ page }) => {
  const url = await openEndpoint(page)
  const dialog = page.getByRole('dialog', { name: 'Leave without saving?' })
  const scopes = page.getByRole('region', { name: 'Rule' }).getByRole('checkbox', { name: /^Scopes/ })
  await scopes.check()

  await test.step('a link', async () => {
    const link = page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: /^Overview/ })
    await link.click()
    await expect(dialog).toBeVisible()
    await expectAccessible(page)
    await expectHeld(page, url, dialog)
    await expect(link).toBeFocused()
  })
  await test.step('the breadcrumb', async () => {
    await page.getByRole('main').getByRole('link', { name: 'Endpoints' }).first().click()
    await expectHeld(page, url, dialog)
  })
  await test.step('the palette', async () => {
    await scopes.focus()
    await page.keyboard.press('ControlOrMeta+k')
    await page.getByRole('combobox').fill('go to audit')
    await page.keyboard.press('Enter')
    await expectHeld(page, url, dialog)
    await expect(scopes).toBeFocused()
  })
  await test.step('the way back', async () => {
    await page.evaluate(() => {
      history.back()
    })
    await expectHeld(page, url, dialog)
    await expect(scopes).toBeChecked()
  })
  await test.step('loading anew', async () => {
    const asked = page.waitForEvent('dialog')
    const reloaded = page.reload()
    const native = await asked
    expect(native.type()).toBe('beforeunload')
    await native.accept()
    await reloaded
  })
  await test.step('a draft that the person gives up', async () => {
    await scopes.check()
    await page.getByRole('main').getByRole('link', { name: 'Endpoints' }).first().click()
    await dialog.getByRole('button', { name: 'Leave' }).click()
    await expect(page).toHaveURL(/\/endpoints$/)
    await expect(dialog).toBeHidden()
  })
})

test('what is not touched, and what is taken back, is left as before', async ({ page }) => {
  await openEndpoint(page)
  const rule = page.getByRole('region', { name: 'Rule' })
  await rule.getByRole('checkbox', { name: /^Scopes/ }).check()
  await rule.getByRole('button', { name: 'Discard the draft' }).click()
  await page
    .getByRole('navigation', { name: 'Main' })
    .getByRole('link', { name: /^Scopes/ })
    .click()
  await expect(page).toHaveURL(/\/scopes$/)
})

test('a form over the page is not lost to the way back either', async ({ page }) => {
  await page.goto('/e/production/settings')
  await page
    .getByRole('link', { name: /issuers/i })
    .first()
    .click()
  await page.getByRole('button', { name: 'Trust an issuer' }).first().click()
  const form = page.getByRole('dialog', { name: 'Trust an issuer' })
  await form.getByRole('textbox', { name: 'Name' }).fill('partners')
  await page.evaluate(() => {
    history.back()
  })
  const dialog = page.getByRole('dialog', { name: 'Leave without saving?' })
  await expect(dialog).toContainText('the issuer that is not trusted yet')
  await dialog.getByRole('button', { name: 'Stay' }).click()
  await expect(form.getByRole('textbox', { name: 'Name' })).toHaveValue('partners')
})
