import { createHash, randomUUID } from 'node:crypto'
import {
  MACHINE_AUDIENCE,
  type DecisionBatch,
  type DecisionReceipt,
  type SampleReport,
  type SignatureReport,
} from '#lib/contract/machine.ts'
import { bySecret, requestAccessToken } from '../callers/client-credentials.ts'
import { INTEGRATION_PLANS } from '../setup/caller-plans.ts'
import { planSlots, type Slot } from './plan-slots.ts'
import type { RecordedSignature, RecordedTraffic } from './recorded-traffic.ts'
import { stretchSamples, stretchSignature, type ReplayTerms } from './stretch-signature.ts'

export const HISTORY_DAYS = 14

const STEADY_CALLERS = new Set(['legacy-cron', 'reporting', 'backoffice', 'load-balancer'])
const TIMEOUT_MS = 30_000

export interface ReplayOptions {
  readonly traffic: RecordedTraffic
  readonly gatewayUrl: string
  /** Client secrets of the services. */
  readonly credentials: Readonly<Record<string, string>>
  readonly issuers: ReplayTerms['issuers']
  readonly revision: number
  readonly until: Date
  readonly progress: (step: string, detail?: string) => void
}

const BLOCK_HOURS = 6

const dayOf = ({ from }: Slot): string => from.toISOString().slice(0, 10)
/** Batches are kept small: the gateway holds each as a whole. */
const blockOf = (slot: Slot): string => `${dayOf(slot)} ${Math.floor(slot.from.getUTCHours() / BLOCK_HOURS).toString()}`

/** The same for the same block of a service, so that a replay that was cut off can be repeated. */
function batchIdOf(service: string, block: string, recordedAt: string): string {
  const hex = createHash('sha256').update(`${recordedAt} ${service} ${block}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

function composeBatch(
  service: string,
  block: string,
  slots: readonly Slot[],
  recorded: readonly RecordedSignature[],
  terms: ReplayTerms,
): DecisionBatch {
  const signatures: SignatureReport[] = []
  const samples: SampleReport[] = []
  for (const slot of slots) {
    const start = Math.floor(Math.random() * terms.traffic.frames)
    for (const signature of recorded) {
      const report = stretchSignature(signature, slot, start, terms)
      if (report === null) continue
      samples.push(...stretchSamples(signature, slot, report.count, signatures.length))
      signatures.push(report)
    }
  }
  const now = new Date().toISOString()
  const instance = {
    id: randomUUID(),
    workload: service,
    sdkVersion: 'replay',
    nodeVersion: process.version,
    framework: 'replay',
    hostname: 'history',
    startedAt: now,
    epoch: null,
    revision: null,
    state: 'fresh' as const,
  }
  const window = { from: slots[0]?.from.toISOString() ?? now, to: now }
  const dropped = { allowed: 0, wouldDeny: 0, denied: 0, samples: 0 }
  return {
    batchId: batchIdOf(service, block, terms.traffic.recordedAt),
    instance,
    window,
    signatures,
    samples,
    dropped,
    replayed: true,
  }
}

async function send(gatewayUrl: string, token: string, batch: DecisionBatch): Promise<void> {
  const response = await fetch(`${gatewayUrl}/v1/decisions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(batch),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  if (!response.ok) throw new Error(`The history was not taken: ${(await response.text()).slice(0, 300)}`)
  const { refused } = (await response.json()) as DecisionReceipt // what the contract promises
  const [first] = refused
  if (first !== undefined)
    throw new Error(
      `${refused.length.toString()} items of the history were refused, the first at ${first.pointer}: ${first.detail}`,
    )
}

/** A token of the service itself: only a service may say what it decided. */
function tokenOf(service: string, { gatewayUrl, credentials }: ReplayOptions): Promise<string> {
  const client = {
    tokenEndpoint: `${gatewayUrl}/oauth/token`,
    clientId: service,
    userAgent: service,
    prove: bySecret(service, credentials[service] ?? ''),
  }
  return requestAccessToken(client, MACHINE_AUDIENCE).then(({ value }) => value)
}

/** Stretches the recorded run over the last two weeks, by day and weekday, and reports it marked as replayed. */
export async function replayHistory(options: ReplayOptions): Promise<void> {
  const { traffic, issuers, revision, until, gatewayUrl, progress } = options
  const dailyTokenCallers = new Set(
    INTEGRATION_PLANS.filter(({ tokenLifetime }) => (tokenLifetime?.seconds ?? 0) >= 86_400).map(
      ({ clientId }) => clientId,
    ),
  )
  const terms: ReplayTerms = { traffic, issuers, revision, steadyCallers: STEADY_CALLERS, dailyTokenCallers }
  const services = [...Map.groupBy(traffic.signatures, ({ service }) => service)]
  const tokens = new Map(
    await Promise.all(services.map(async ([service]) => [service, await tokenOf(service, options)] as const)),
  )
  const days = [...Map.groupBy(planSlots(until, HISTORY_DAYS), dayOf).values()]
  for (const [index, slots] of days.entries()) {
    progress('Replaying two weeks of recorded traffic', `day ${(index + 1).toString()} of ${days.length.toString()}`)
    for (const [block, blockSlots] of Map.groupBy(slots, blockOf)) {
      await Promise.all(
        services.map(([service, recorded]) =>
          send(gatewayUrl, tokens.get(service) ?? '', composeBatch(service, block, blockSlots, recorded, terms)),
        ),
      )
    }
  }
}
