import { expect, expectAccessible, test } from './support/journey.ts'

test('a lifetime nobody needs is shortened from the finding, and only once it is saved', async ({ page, ask }) => {
  test.setTimeout(120_000)
  const lifetimeOf = async () =>
    (await ask<{ tokenLifetimeSeconds: number | null }>('/environments/production/identities/backoffice'))
      .tokenLifetimeSeconds
  await page.goto('/e/production/findings')
  const finding = page
    .getByRole('listitem')
    .filter({ has: page.getByRole('link', { name: 'backoffice', exact: true }) })
  await expect(finding).toContainText('Can be shorter')
  await finding.getByText(/services that backoffice calls$/).click()
  await expect(finding.getByRole('row', { name: /^payments/ })).toBeVisible()
  await expectAccessible(page)
  await finding.getByRole('link', { name: /^Set to 30 s/ }).click()

  const form = page.getByRole('region', { name: 'Token lifetime' })
  await expect(form.getByRole('note')).toContainText('Nothing is saved yet')
  await expect(form.getByRole('spinbutton', { name: 'Seconds' })).toHaveValue('30')
  expect(await lifetimeOf()).toBeNull()
  await form.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Tokens of backoffice live 30 s from now on')).toBeVisible()
  await expect(form.getByRole('note')).toBeHidden()
  expect(await lifetimeOf()).toBe(30)

  await page.goto('/e/production/findings?standing=fits')
  await expect(finding).toContainText('Lives 30 s')
})

test('a rule that asks too little opens as a draft whose replay denies nobody', async ({ page }) => {
  await page.goto('/e/production/findings/least-privilege?service=payments')
  const wide = page.getByRole('region', { name: /^Rules that ask too little/ }).getByRole('listitem')
  await expect(wide).toContainText('/customers/:customerId/payment-methods')
  await wide.getByRole('link', { name: /^Open the draft/ }).click()
  const rule = page.getByRole('region', { name: 'Rule' })
  await expect(rule.getByText('charges:read').first()).toBeVisible()
  await expect(rule.getByText(/^0 of [\d,]+ requests would be denied/)).toBeVisible()
  await expect(rule.getByRole('button', { name: 'Publish rule' })).toBeEnabled()
  await rule.getByRole('button', { name: 'Discard the draft' }).click()
  await expect(page).not.toHaveURL(/draft=/)
  await expect(rule.getByRole('button', { name: 'Discard the draft' })).toBeHidden()
})

test('every finding of a list leaves as a table or as lines', async ({ page, baseURL }) => {
  const read = async (query: string) => {
    const response = await page.request.get(
      `${baseURL ?? ''}/api/v1/environments/production/findings/export?kind=lifetimes&${query}`,
    )
    expect(response.status()).toBe(200)
    return response.text()
  }
  await page.goto('/e/production/findings')
  await page.getByRole('button', { name: 'Export lifetimes' }).click()
  await expect(page.getByRole('menuitem', { name: 'CSV' })).toBeVisible()
  const table = await read('format=csv')
  expect(table).toMatch(/^callerKind,caller,serviceSlug/)
  expect(table).toContain('integration,reporting,payments,')
  const lines = (await read('format=jsonl')).trim().split('\n')
  expect(lines.length).toBe(table.trim().split('\r\n').length - 1)
})
