import AxeBuilder from '@axe-core/playwright'
import { test as base, expect, type Page } from '@playwright/test'
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
    const token = await sessionOf(role)
    await context.addCookies([
      { name: SESSION_COOKIE, value: token, url: productUrl(), httpOnly: true, sameSite: 'Lax' },
    ])
    const page = await context.newPage()
    const errors = collectErrors(page)
    await use(page)
    expect(errors, 'errors in the browser').toEqual([])
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

/** Uncaught exceptions, logged errors, refused styles and scripts. */
export function collectErrors(page: Page): string[] {
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error' && !REFUSED.test(message.text())) errors.push(message.text())
  })
  return errors
}

/** Nothing that axe finds against WCAG 2.2 AA. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode() // there are no frames here, for which it opens a page of its own otherwise
    // What is sound is not listed: on long pages the list costs more than the looking. Tags come after: options replace them.
    .options({ resultTypes: ['violations'] })
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
