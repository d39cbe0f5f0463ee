import type { Locator, Page } from '@playwright/test'
import { expect, test } from './support/journey.ts'

interface Endpoints {
  readonly items: readonly {
    id: string
    method: string
    route: string
    serviceSlug: string
    mode: string
    percent: number
    readiness: string
  }[]
}

type Ask = <Answer>(path: string) => Promise<Answer>

async function findEndpoint(ask: Ask, query: string, matches: (endpoint: Endpoints['items'][number]) => boolean) {
  const { items } = await ask<Endpoints>(`/environments/production/endpoints?limit=500&${query}`)
  const endpoint = items.find(matches)
  if (endpoint === undefined) throw new Error(`The fleet has no such endpoint: ${query}`)
  return endpoint
}

const findRefunds = (ask: Ask) =>
  findEndpoint(ask, 'service=payments', ({ method, route }) => method === 'POST' && route === '/refunds')

async function openChange(page: Page, mode: RegExp): Promise<ReturnType<Page['getByRole']>> {
  await page.getByRole('main').getByRole('button', { name: 'Change mode' }).first().click()
  const panel = page.getByRole('dialog', { name: 'Change mode' })
  await panel.getByRole('radio', { name: mode }).check({ force: true })
  return panel
}

test.describe.configure({ mode: 'serial' })

test('the overview names who would break, and leads there', async ({ page, ask }) => {
  const refunds = await findRefunds(ask)
  await page.goto('/e/production/overview')
  await page.getByRole('link', { name: /backoffice would break at POST \/refunds/ }).click()
  await expect(page).toHaveURL(new RegExp(`/endpoints/${refunds.id}`))
  const evidence = page.getByRole('region', { name: 'Evidence' })
  await expect(evidence.getByRole('heading', { name: 'Not ready' })).toBeVisible()
  await expect(evidence.getByRole('list', { name: 'Callers that would be denied' })).toContainText('refunds:create')
})

test('a gate over callers that would be denied is lowered only knowingly, holds, and goes back up with a reason', async ({
  page,
  ask,
}) => {
  test.setTimeout(120_000)
  const { id } = await findRefunds(ask)
  await page.goto(`/e/production/endpoints/${id}`)
  const panel = await openChange(page, /^Enforce/)
  await panel.getByRole('spinbutton', { name: 'Percent of callers' }).fill('25')
  await expect(panel.getByRole('list', { name: 'Callers that would be denied' }).first()).toContainText('backoffice')
  const enforce = panel.getByRole('button', { name: /^Enforce for 25 % of callers/ })
  await expect(enforce).toBeDisabled()
  await panel.getByRole('checkbox', { name: /I accept/ }).check()
  await panel.getByRole('textbox', { name: 'Reason' }).fill('Trying the gate on a quarter of the callers')
  await enforce.click()
  await expect(panel).toBeHidden()

  await expect(
    page
      .getByRole('main')
      .getByText(/^Enforced ?25 %$/)
      .first(),
  ).toBeVisible()
  const changes = page.getByRole('region', { name: 'Mode changes' })
  await expect(changes.getByRole('listitem').first()).toContainText('Trying the gate')
  await expect(async () => {
    await page.reload()
    await expect(changes.getByRole('listitem').first()).toContainText(/Actual: denied since\s*[1-9]/, {
      timeout: 2_000,
    })
  }).toPass({ timeout: 60_000 })
  await expect(changes.getByRole('listitem').first()).toContainText('nobody whom the forecast did not name')

  await page.getByRole('button', { name: 'Back to log-only' }).first().click()
  await page.getByRole('textbox', { name: 'Reason' }).fill('The back office needs its scope first')
  await page.keyboard.press('Enter')
  await expect(async () => expect((await findRefunds(ask)).mode).toBe('log-only')).toPass()
})

test('the fix is one click away from the caller’s own page, and can be undone', async ({ page, ask }) => {
  const { id } = await findRefunds(ask)
  const expectGranted = (isGranted: boolean) =>
    expect(async () => {
      const { items } = await ask<{ items: { scope: string }[] }>('/environments/production/grants?clientId=backoffice')
      expect(items.some(({ scope }) => scope === 'refunds:create')).toBe(isGranted)
    }).toPass()
  await page.goto('/e/production/identities/backoffice')
  const calls = page.getByRole('region', { name: 'Endpoints it calls' })
  await expect(calls.getByRole('row', { name: /\/refunds/ }).first()).toContainText('refunds:create')
  await calls.getByRole('link', { name: /POST.*\/refunds/ }).click()
  await expect(page).toHaveURL(new RegExp(`/endpoints/${id}`))
  const grant = page.getByRole('button', { name: 'Grant refunds:create to backoffice' }).first()
  await grant.click()
  await expectGranted(true)
  await page.getByRole('button', { name: 'Undo' }).click()
  await expectGranted(false)
  await grant.click()
  await expectGranted(true)
})

test('two cards of one page count the same requests while more of them come', async ({ page, ask }) => {
  test.setTimeout(120_000)
  const { id } = await findEndpoint(ask, 'mode=enforce&sort=requests&direction=desc', () => true)
  await page.goto(`/e/production/endpoints/${id}`)
  const compared = page.getByRole('figure', { name: 'Denials, forecast and actual' }).getByText(/requests? denied/)
  const actual = page
    .getByRole('region', { name: 'Mode changes' })
    .getByText(/^Actual: denied since/)
    .locator('..')
  const countsOf = async (card: Locator) => /\d[\d,]* of \d[\d,]*/.exec((await card.textContent()) ?? '')?.[0]
  await expect(compared).toBeVisible()
  const earlier = await countsOf(compared)
  await expect(async () => {
    const now = await countsOf(compared)
    expect(await countsOf(actual)).toBe(now)
    expect(now).not.toBe(earlier)
  }).toPass({ timeout: 60_000 })
})

test('an endpoint that is ready is enforced, confirmed by its instances, and undone', async ({ page, ask }) => {
  const ready = await findEndpoint(ask, 'mode=log-only&readiness=ready', () => true)
  await page.goto(`/e/production/endpoints/${ready.id}`)
  const panel = await openChange(page, /^Enforce/)
  await panel.getByRole('button', { name: '100 %' }).click()
  await expect(panel.getByRole('heading', { name: 'Ready' })).toBeVisible()
  await panel.getByRole('button', { name: /^Enforce/ }).click()
  await expect(page.getByRole('main').getByText('Enforced', { exact: true }).first()).toBeVisible()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(async () => {
    const now = await findEndpoint(ask, `service=${ready.serviceSlug}`, ({ id }) => id === ready.id)
    expect(now.mode).toBe('log-only')
  }).toPass()
})

test('a draft of a rule is replayed before it is saved', async ({ page, ask }) => {
  const open = await findEndpoint(
    ask,
    'service=payments',
    ({ route }) => route === '/customers/:customerId/payment-methods',
  )
  await page.goto(`/e/production/endpoints/${open.id}`)
  const rule = page.getByRole('region', { name: 'Rule' })
  await rule.getByRole('checkbox', { name: /^Scopes/ }).check()
  await rule.getByRole('button', { name: /^Add/ }).first().click()
  await page.getByRole('option', { name: /payouts:create/ }).click()
  await page.keyboard.press('Escape')
  const denied = rule.getByRole('list', { name: 'Callers that the draft would deny' })
  await expect(denied).toContainText('payouts:create')
  await expect(page).toHaveURL(/draft=.*payouts/)
  await page.goto('/e/production/overview')
  await page.goBack()
  await expect(denied).toContainText('payouts:create')

  await rule.getByRole('button', { name: 'Take out payouts:create' }).click()
  await expect(rule.getByText('Choose 1 to 20 scopes, or switch this requirement off.')).toBeVisible()
  await expect(denied).toBeHidden()
  await expect(rule.getByRole('button', { name: /^Grant/ })).toBeHidden()
  await rule.getByRole('button', { name: 'Discard the draft' }).click()
  await expect(page).not.toHaveURL(/draft=/)
})
