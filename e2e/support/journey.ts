import AxeBuilder from '@axe-core/playwright'
import { test as base, type BrowserContext, type ConsoleMessage, expect, type Page } from '@playwright/test'
import { accountOf, productUrl, type Role } from './product.ts'

export { expect } from '@playwright/test'

interface Journey {
  readonly role: Role
  /** A page of somebody who is signed in. What it logs as an error fails the journey. */
  readonly page: Page
  /** Asks the management API as the same person. */
  readonly ask: <Answer>(
    path: string,
    init?: { method?: string; body?: unknown; headers?: Record<string, string> },
  ) => Promise<Answer>
}

const SESSION_COOKIE = 'stepgate_session'

export const test = base.extend<Journey>({
  role: ['administrator', { option: true }],
  baseURL: async ({}, use) => use(productUrl()),
  page: async ({ context, role }, use) => {
    await signInto(context, role)
    await expectNoErrors(await context.newPage(), use)
  },
  ask: async ({ role }, use) => {
    const token = await sessionOf(role)
    await use(async (path, { method = 'GET', body, headers = {} } = {}) => {
      const response = await fetch(`${productUrl()}/api/v1${path}`, {
        method,
        headers: {
          cookie: `${SESSION_COOKIE}=${token}`,
          origin: productUrl(),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const answer: unknown = await response.json()
      expect(response.ok, `${method} ${path}: ${JSON.stringify(answer)}`).toBe(true)
      return answer as never // the caller says which contract it asks
    })
  },
})

/**
 * For journeys that only look: a worker goes through them in one tab, as a person does, who fetches the scripts once.
 * Their size and look stay as the last one left them.
 */
export const testInOneTab = test.extend<object, { tab: Page }>({
  tab: [
    async ({ browser }, use) => {
      const context = await browser.newContext()
      await signInto(context, 'administrator')
      await use(await context.newPage())
      await context.close()
    },
    { scope: 'worker' },
  ],
  page: async ({ tab }, use) => expectNoErrors(tab, use),
})

async function signInto(context: BrowserContext, role: Role): Promise<void> {
  const value = await sessionOf(role)
  await context.addCookies([{ name: SESSION_COOKIE, value, url: productUrl(), httpOnly: true, sameSite: 'Lax' }])
}

const sessions = new Map<Role, Promise<string>>()

/** One session for all journeys of a process: making one is meant to take long. */
function sessionOf(role: Role): Promise<string> {
  const known = sessions.get(role) ?? signIn(role)
  sessions.set(role, known)
  return known
}

async function signIn(role: Role): Promise<string> {
  const { email, password } = accountOf(role)
  const response = await fetch(`${productUrl()}/api/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: productUrl() },
    body: JSON.stringify({ email, password }),
  })
  expect(response.status, 'signing in').toBe(201)
  return ((await response.json()) as { token: string }).token
}

/** A form that the server refuses is part of a journey; the browser logs it all the same. */
const REFUSED = /Failed to load resource: the server responded with a status of (400|409|412|422)/

/** Fails on uncaught exceptions, logged errors, refused styles and scripts. */
async function expectNoErrors(page: Page, use: (page: Page) => Promise<void>): Promise<void> {
  const errors: string[] = []
  const onException = (error: Error) => errors.push(String(error))
  const onMessage = (message: ConsoleMessage) => {
    if (message.type() === 'error' && !REFUSED.test(message.text())) errors.push(message.text())
  }
  page.on('pageerror', onException).on('console', onMessage)
  await use(page)
  page.off('pageerror', onException).off('console', onMessage)
  expect(errors, 'errors in the browser').toEqual([])
}

/** Nothing that axe finds against WCAG 2.2 AA, and headings without a gap. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode() // there are no frames here, for which it opens a page of its own otherwise
    // What is sound is not listed: on long pages the list costs more than the looking. Tags come after: options replace them.
    .options({ resultTypes: ['violations'], rules: { 'heading-order': { enabled: true } } })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze()
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)).toEqual(
    [],
  )
}

/** No page scrolls sideways. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  )
  expect(overflow, 'pixels wider than the window').toBeLessThanOrEqual(0)
}
