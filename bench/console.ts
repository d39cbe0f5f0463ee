/**
 * The console with 2,000 endpoints in a real browser, beside the sign-in page, which does next to nothing. Timed by the page
 * itself: from the start of the navigation until the browser has painted what a person waits for. Each round starts from a page
 * at rest, with the browser's cache filled. JavaScript is what an empty cache loads until the page's load event, and, beside it,
 * until what is waited for is painted: the chart's library comes after the page.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type BrowserContext } from 'playwright'
import { launch } from '#server/launcher.ts'
import { findFreePort } from '#server/listening.ts'
import { parseSettings } from '#server/settings.ts'
import { findChromium } from '../scripts/find-chromium.ts'

const SERVICES = 10
const ENDPOINTS_EACH = 200
const ROUNDS = 7
const KIB = 1_024

interface Page {
  readonly name: string
  readonly path: string
  /** What a person waits for. */
  readonly awaits: string
  readonly goalMs: number | null
}

const PAGES: readonly Page[] = [
  { name: 'sign-in (limit)', path: '/sign-in', awaits: 'input[type=password]', goalMs: null },
  { name: 'endpoints, first row', path: '/e/production/endpoints', awaits: 'tbody tr:has(a)', goalMs: 500 },
  { name: 'overview, chart', path: '/e/production/overview', awaits: '.recharts-surface', goalMs: 1_000 },
]
const JAVASCRIPT_KIB_MAX = 220

const dataDir = mkdtempSync(join(tmpdir(), 'stepgate-bench-'))
const port = await findFreePort()
const stepgate = await launch(parseSettings({ PORT: String(port), STEPGATE_DATA_DIR: dataDir, LOG_LEVEL: 'error' }))
const url = stepgate.settings.publicUrl
try {
  const session = await signUp(stepgate.setupUrl ?? '')
  await declareEndpoints(session)
  await measurePages(session)
} finally {
  await stepgate.close()
  rmSync(dataDir, { recursive: true, force: true })
}

async function post<Answer>(path: string, body: unknown, session = ''): Promise<Answer> {
  const response = await fetch(`${url}/api/v1${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url, cookie: `stepgate_session=${session}` },
    body: JSON.stringify(body),
  })
  const answer: unknown = await response.json()
  if (!response.ok) throw new Error(`${path}: ${JSON.stringify(answer)}`)
  return answer as Answer // the caller says which contract it asks
}

async function signUp(setupUrl: string): Promise<string> {
  const token = new URL(setupUrl).hash.replace('#token=', '')
  const person = { email: 'bench@example.com', name: 'Bench', password: crypto.randomUUID() }
  return (await post<{ token: string }>('/setup', { token, ...person })).token
}

async function declareEndpoints(session: string): Promise<void> {
  const environments = await fetch(`${url}/api/v1/environments/production`, {
    headers: { cookie: `stepgate_session=${session}` },
  })
  if (environments.status === 404) await post('/environments', { slug: 'production', name: 'Production' }, session)
  for (let service = 0; service < SERVICES; service++) {
    const slug = `service-${String.fromCharCode(97 + service)}`
    await post('/services', { slug, name: slug }, session)
    const paths = Object.fromEntries(
      Array.from({ length: ENDPOINTS_EACH }, (_, index) => [
        `/resource-${String(index)}/{id}`,
        { get: { responses: {} } },
      ]),
    )
    const document = JSON.stringify({ openapi: '3.1.0', info: { title: slug, version: '1' }, paths })
    await post(`/environments/production/services/${slug}/openapi`, { document }, session)
  }
}

async function measurePages(session: string): Promise<void> {
  const executablePath = findChromium() ?? ''
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
  process.stdout.write(
    `${String(SERVICES * ENDPOINTS_EACH)} endpoints, median of ${String(ROUNDS)}: navigation to painted, from a page at rest\n`,
  )
  let limitMs = 0
  for (const page of PAGES) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
    if (page.path !== '/sign-in') await context.addCookies([{ name: 'stepgate_session', value: session, url }])
    const measured = await measurePage(context, page)
    if (page.goalMs === null) limitMs = measured.medianMs
    print(page, measured, limitMs)
    await context.close()
  }
  await browser.close()
}

interface Measured {
  readonly firstLoadKib: number
  readonly paintedKib: number
  readonly medianMs: number
}

async function measurePage(context: BrowserContext, { path, awaits }: Page): Promise<Measured> {
  const page = await context.newPage()
  const sizes: Promise<number>[] = []
  page.on('response', (response) => {
    if (response.request().resourceType() !== 'script') return
    sizes.push(
      response
        .request()
        .sizes()
        .then(({ responseBodySize }) => responseBodySize),
    )
  })
  const toKib = async () => (await Promise.all(sizes)).reduce((sum, bytes) => sum + bytes, 0) / KIB
  await page.addInitScript(watch, awaits)
  await page.goto(`${url}${path}`)
  const firstLoadKib = await toKib()
  await page.evaluate(() => window.seenAt)
  const paintedKib = await toKib()
  const times: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    await page.waitForLoadState('networkidle')
    await page.goto(`${url}${path}`)
    times.push(await page.evaluate(() => window.seenAt))
  }
  return { firstLoadKib, paintedKib, medianMs: times.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0 }
}

declare global {
  interface Window {
    /** Milliseconds since the navigation began. */
    seenAt: Promise<number>
  }
}

/** Runs in the page before anything else does. What a style sheet still hides is not seen, nor is what is not yet painted. */
function watch(selector: string): void {
  const isShown = () =>
    [...document.querySelectorAll(selector)].some((one) => one.checkVisibility() && one.getClientRects().length > 0)
  window.seenAt = new Promise((resolve) => {
    const look = () => {
      // A task that a frame asks for runs after its painting.
      requestAnimationFrame(() => {
        if (isShown()) setTimeout(() => resolve(performance.now()))
        else look()
      })
    }
    look()
  })
}

function print({ name, goalMs }: Page, { firstLoadKib, paintedKib, medianMs }: Measured, limitMs: number): void {
  const ratio = `${(medianMs / limitMs).toFixed(2)} × sign-in`
  const goal = goalMs === null ? '' : `, goal ≤ ${String(goalMs)} ms: ${medianMs <= goalMs ? 'met' : 'MISSED'}`
  const size = `JavaScript ${firstLoadKib.toFixed(0)} KiB gzip, goal ≤ ${String(JAVASCRIPT_KIB_MAX)}: ${firstLoadKib <= JAVASCRIPT_KIB_MAX ? 'met' : 'MISSED'} (${paintedKib.toFixed(0)} until painted)`
  process.stdout.write(`${name.padEnd(24)} ${medianMs.toFixed(0).padStart(5)} ms  ${ratio}${goal}; ${size}\n`)
}
