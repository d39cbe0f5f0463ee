import { defineConfig } from '@playwright/test'

const chromium = process.env['STEPGATE_CHROMIUM']

export default defineConfig({
  testDir: 'e2e',
  globalSetup: './e2e/support/start-product.ts',
  // One fleet for all: the journeys of one file change it, one after the other, while others look at its pages.
  workers: 2,
  fullyParallel: false,
  forbidOnly: process.env['CI'] !== undefined,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  outputDir: 'test-results',
  use: {
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    // Recording one makes every journey a third longer.
    trace: process.env['STEPGATE_E2E_TRACE'] === undefined ? 'off' : 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: {
      ...(chromium === undefined ? {} : { executablePath: chromium }),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
})
