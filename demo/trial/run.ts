/**
 * Changes, while the fleet runs, how its services prove who they are, and has a refresh token stolen. Counts what fails:
 * `npm run demo:trial -- [seconds of each watch] [folder for screenshots]`.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { launch } from '#server/launcher.ts'
import { findFreePort } from '#server/listening.ts'
import { parseSettings } from '#server/settings.ts'
import { startFleet, type Fleet } from '../fleet.ts'
import { createTrialCertificates } from './certificates.ts'
import { BY_CERTIFICATE, tell, tryCredentials } from './try-credentials.ts'

const [watchSeconds = '30', screenshots = ''] = process.argv.slice(2)
const dataDir = mkdtempSync(join(tmpdir(), 'stepgate-trial-'))
const certificates = await createTrialCertificates(join(dataDir, 'tls'), BY_CERTIFICATE)
const stepgate = await launch(
  parseSettings({
    PORT: (await findFreePort()).toString(),
    STEPGATE_TLS_PORT: (await findFreePort()).toString(),
    STEPGATE_DATA_DIR: dataDir,
    STEPGATE_ROLES: screenshots === '' ? 'gateway,worker' : 'gateway,console,worker',
    LOG_LEVEL: 'fatal',
    ...certificates.gateway,
  }),
)
const { settings, setupUrl } = stepgate
const gatewayUrl = stepgate.gatewayUrl ?? ''
let fleet: Fleet | null = null
try {
  fleet = await startFleet({ gatewayUrl, dataDir, setupUrl, progress: (step, detail) => detail ?? tell(`  ${step} …`) })
  await tryCredentials({ settings, gatewayUrl, fleet, certificates, watchSeconds: Number(watchSeconds), screenshots })
} finally {
  await fleet?.close()
  await stepgate.close()
  rmSync(dataDir, { recursive: true, force: true })
}
process.exit()
