import { join } from 'node:path'
import type { Settings } from '#server/settings.ts'
import type { Fleet } from '../fleet.ts'
import { FleetStateFile } from '../setup/fleet-state.ts'
import { ManagementClient } from '../setup/management-client.ts'
import type { TrialCertificates } from './certificates.ts'
import { CounterReader, since, type Counters } from './counters.ts'
import { byCertificate, byKey, replaceCredential, replaceProgram, setLifetime } from './credential-changes.ts'
import { probeNotifications, probeStorefront } from './probes.ts'
import { photograph } from './screenshots.ts'
import { stealRefreshToken } from './steal-refresh-token.ts'
import { readTokenAges } from './token-ages.ts'

const BY_KEY = 'storefront'
export const BY_CERTIFICATE = 'notifications'
const ROBBED = 'backoffice'
const LIFETIME_SECONDS = 30
const SHORT_LIVED_SECONDS = 180
/** Counts arrive with the next report of each instance. */
const REPORTED_AFTER_SECONDS = 8

export interface Trial {
  readonly settings: Settings
  readonly gatewayUrl: string
  readonly fleet: Fleet
  readonly certificates: TrialCertificates
  readonly watchSeconds: number
  /** Folder; empty for none. */
  readonly screenshots: string
}

export const tell = (line: string): void => void process.stdout.write(`${line}\n`)

const sleep = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1_000))

/** Sets the exit code where a call failed, a token was refused, or a request was denied. */
function tellCounters(what: string, counters: Counters): void {
  const { probes, probesFailed, decisions, denials, tokensIssued, tokensRefused } = counters
  if (probesFailed + denials + tokensRefused > 0) process.exitCode = 1
  tell(`\n${what}`)
  tell(`  calls                      ${probes.toString().padStart(7)}, failed  ${probesFailed.toString()}`)
  tell(`  decisions about both       ${decisions.toString().padStart(7)}, denials ${denials.toString()}`)
  tell(`  tokens issued to both      ${tokensIssued.toString().padStart(7)}, refused ${tokensRefused.toString()}`)
}

export async function tryCredentials(trial: Trial): Promise<void> {
  const { settings, gatewayUrl, fleet, certificates, watchSeconds } = trial
  const { apiToken, credentials } = new FleetStateFile(join(settings.dataDir, 'demo')).state
  const client = ManagementClient.withToken(gatewayUrl, apiToken ?? '')
  const probes = [
    probeStorefront(fleet),
    await probeNotifications(fleet, gatewayUrl, credentials['orders'] ?? ''),
  ] as const
  const counters = new CounterReader(client, [BY_KEY, BY_CERTIFICATE], probes)
  const watch = async (what: string, change: () => Promise<void>, seconds = watchSeconds): Promise<void> => {
    const before = await counters.read()
    await change()
    await sleep(seconds + REPORTED_AFTER_SECONDS)
    tellCounters(what, since(await counters.read(), before))
  }

  await watch('as it was', () => Promise.resolve())
  await watch(`${BY_KEY} with a private key instead of its secret`, () =>
    replaceCredential(client, fleet, BY_KEY, byKey(settings)),
  )
  await watch(`${BY_CERTIFICATE} over mutual TLS instead of with its secret`, () =>
    replaceCredential(client, fleet, BY_CERTIFICATE, byCertificate(settings, certificates)),
  )
  const agesBefore = await readTokenAges(client)
  await watch(
    `${BY_KEY} with tokens of ${LIFETIME_SECONDS.toString()} s`,
    async () => {
      await setLifetime(client, BY_KEY, LIFETIME_SECONDS)
      // Tokens that were given before live to their end: another process asks anew.
      await replaceProgram(fleet, BY_KEY)
    },
    SHORT_LIVED_SECONDS,
  )
  tell(`  ages at GET /stock/:sku of inventory: ${(await readTokenAges(client)).since(agesBefore)}`)
  for (const probe of probes) probe.stop()
  for (const [failure, count] of probes.flatMap(({ failures }) => [...failures]))
    tell(`  ✗ ${count.toString()} × ${failure}`)

  const seconds = await stealRefreshToken({ client, gatewayUrl, clientId: ROBBED, secret: credentials[ROBBED] ?? '' })
  tell(`\na refresh token was stolen and used again: the overview told ${seconds.toFixed(1)} s later`)
  if (trial.screenshots !== '')
    await photograph({ url: settings.publicUrl, folder: trial.screenshots, fleet, clientId: ROBBED })
}
