/** Everybody who calls the shop from outside, except its marketplace partner, which is a program of its own. */
import { stopGently } from '../services/shared/stop-gently.ts'
import { startBackoffice } from './backoffice.ts'
import { startLegacyCron } from './legacy-cron.ts'
import { startLoadBalancer } from './load-balancer.ts'
import { startReporting } from './reporting.ts'
import { startScraper } from './scraper.ts'
import { startShoppers } from './shoppers.ts'

const stops = [
  startShoppers(),
  startReporting(),
  startBackoffice(),
  startLegacyCron(),
  startScraper(),
  startLoadBalancer(),
]

stopGently(() => {
  for (const stop of stops) stop()
  return Promise.resolve()
})
