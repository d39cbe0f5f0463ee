import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright'
import type { Fleet } from '../fleet.ts'

const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking']
const WINDOWS = [
  { name: 'wide-light', viewport: { width: 1_440, height: 900 }, colorScheme: 'light' },
  { name: 'narrow-dark', viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
] as const

interface Wish {
  readonly url: string
  readonly folder: string
  readonly fleet: Fleet
  readonly clientId: string
}

/** The overview and the page of the identity, as an operator sees them. */
export async function photograph({ url, folder, fleet, clientId }: Wish): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const session = await signIn(url, fleet)
  const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium'
  const browser = await chromium.launch({ executablePath, args: ARGS })
  try {
    for (const { name, ...window } of WINDOWS) {
      const context = await browser.newContext(window)
      await context.addCookies([{ name: 'stepgate_session', value: session, url, httpOnly: true, sameSite: 'Lax' }])
      const page = await context.newPage()
      for (const [what, path] of [
        ['overview', '/e/production'],
        ['identity', `/e/production/identities/${clientId}`],
      ] as const) {
        await page.goto(`${url}${path}`, { waitUntil: 'networkidle' })
        await page.screenshot({ path: join(folder, `${what}-${name}.png`), fullPage: true })
      }
      await context.close()
    }
  } finally {
    await browser.close()
  }
}

async function signIn(url: string, { signIn: accounts }: Fleet): Promise<string> {
  const { email, password } = accounts.find(({ role }) => role === 'operator') ?? { email: '', password: '' }
  const response = await fetch(`${url}/api/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ email, password }),
  })
  return ((await response.json()) as { token: string }).token
}
