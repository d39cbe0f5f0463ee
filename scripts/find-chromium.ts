import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chromium } from 'playwright'

const INSTALLED = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/snap/bin/chromium',
]
const INSTALL_WITHIN_MS = 180_000

export const CHROMIUM_MISSING =
  'No Chromium was found and none could be fetched: install it with "npx playwright install --with-deps chromium", or set STEPGATE_CHROMIUM to the path of one.'

/** A Chromium for the browser tests, fetched where that is allowed; null when there is none to be had. */
export function findChromium(): string | null {
  return findConfigured() ?? findInstalled() ?? fetchWithPlaywright() ?? fetchFromDebian()
}

function findConfigured(): string | null {
  const path = process.env['STEPGATE_CHROMIUM']
  return path !== undefined && existsSync(path) ? path : null
}

function findInstalled(): string | null {
  return [chromium.executablePath(), ...INSTALLED].find((path) => path !== '' && existsSync(path)) ?? null
}

function fetchWithPlaywright(): string | null {
  return runs('npx', ['playwright', 'install', 'chromium']) ? findInstalled() : null
}

function fetchFromDebian(): string | null {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return null
  if (!runs('apt-get', ['update', '-qq'])) return null
  return runs('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium']) ? findInstalled() : null
}

function runs(command: string, args: readonly string[]): boolean {
  process.stdout.write(`  ${command} ${args.join(' ')} …\n`)
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  return spawnSync(command, args, { env: environment, stdio: 'ignore', timeout: INSTALL_WITHIN_MS }).status === 0
}
