/**
 * Records what the middleware of a real run of the fleet reports, for `recorded-traffic.json.gz`:
 * `node demo/history/record-history.ts [minutes]`. Needs nothing running; uses a data folder of its own.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { launch } from '#server/launcher.ts'
import { parseSettings } from '#server/settings.ts'
import { startFleet } from '../fleet.ts'
import { composeRecording } from './compose-recording.ts'
import { startRecordingProxy } from './recording-proxy.ts'
import { RECORDING } from './recorded-traffic.ts'

const WARM_UP_MINUTES = 2
const FRAME_SECONDS = 30
/** The busiest hour: a replay only ever makes traffic thinner. */
const WEIGHT = 1

const minutes = Number(process.argv[2] ?? 18)
const dataDir = mkdtempSync(join(tmpdir(), 'stepgate-recording-'))
const wait = (howManyMinutes: number) => new Promise((resolve) => setTimeout(resolve, howManyMinutes * 60_000))
const say = (sentence: string): void => {
  process.stdout.write(`${new Date().toISOString()} ${sentence}\n`)
}

const settings = parseSettings({
  PORT: process.env['PORT'] ?? '4790',
  STEPGATE_DATA_DIR: dataDir,
  STEPGATE_ROLES: 'gateway,worker',
  LOG_LEVEL: 'warn',
})
const stepgate = await launch(settings)
const gatewayUrl = stepgate.gatewayUrl ?? ''
const proxy = await startRecordingProxy(gatewayUrl)
try {
  const fleet = await startFleet({
    gatewayUrl: proxy.url,
    dataDir,
    setupUrl: stepgate.setupUrl,
    progress: say,
    recordingAt: WEIGHT,
  })
  say(`Recording ${minutes.toString()} minutes`)
  await wait(WARM_UP_MINUTES)
  const from = new Date()
  await wait(minutes)
  const to = new Date()
  await fleet.close()
  const recording = composeRecording(proxy.batches, {
    from,
    to,
    frameSeconds: FRAME_SECONDS,
    weight: WEIGHT,
    tokenIssuer: `${stepgate.settings.publicUrl}/e/production`,
  })
  writeFileSync(RECORDING, gzipSync(JSON.stringify(recording), { level: 9 }))
  say(`${recording.signatures.length.toString()} signatures in ${recording.frames.toString()} frames`)
} finally {
  await proxy.close()
  await stepgate.close()
  rmSync(dataDir, { recursive: true, force: true })
}
process.exit(0)
