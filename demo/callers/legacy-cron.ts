import { requireVariable } from '../services/shared/require-variable.ts'
import { createApi } from './api.ts'
import { repeat } from './repeat.ts'

const RUN_INTERVAL_MS = 20_000

/** A script on an old machine that nobody owns. It was written before there were tokens. */
export function startLegacyCron(): () => void {
  const inventory = createApi(requireVariable('INVENTORY_URL'), () =>
    Promise.resolve({ 'user-agent': 'legacy-cron/1.4' }),
  )
  return repeat('legacy-cron', RUN_INTERVAL_MS, 'steady', async () => {
    await inventory('GET', '/stock/export')
    await inventory('POST', '/stock/recount', {})
  })
}
