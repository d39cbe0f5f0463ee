import type { IncomingHttpHeaders } from 'node:http'
import type pg from 'pg'
import type { Logger } from 'pino'
import { MACHINE_HEADERS, type InstanceReport } from '#lib/contract/machine.ts'
import { createHeardRecord, type HeardService } from '#lib/control/decision/record-heard.ts'
import { recordSightings, type Sighting } from '#lib/control/instance/record-sightings.ts'
import { flushPeriodically } from '../flush-periodically.ts'
import { readInstanceHeaders, type InstanceHeaders } from './instance-headers.ts'
import type { MachineCaller } from './verify-machine-token.ts'

const FLUSH_INTERVAL_MS = 500
/** An instance that has nothing new to say is written this often, well within the time after which it counts as gone. */
const REWRITE_AFTER_MS = 15_000
const FORGET_AFTER_MS = 300_000
const STARTED_AGO_MAX_MS = 10 * 365 * 86_400_000

export interface InstanceRegister {
  /** Throws `invalid-request` that names a header that cannot be read. */
  polled(caller: MachineCaller, headers: IncomingHttpHeaders, readAddress: () => string): void
  reported(caller: MachineCaller, report: InstanceReport, address: string): void
  flush(): Promise<void>
  close(): Promise<void>
}

interface Entry {
  sighting: Sighting
  /** The header the last poll said it with. */
  appliedHeader: string | string[] | undefined
  seenAtMs: number
  writtenAtMs: number
  dirty: boolean
}

/** Keeps what instances say in memory and writes it in batches: polling never waits for the database. */
export function createInstanceRegister(pool: pg.Pool, logger: Logger): InstanceRegister {
  /** By instance and service: one service cannot overwrite what another one's instance says. */
  const entries = new Map<string, Map<string, Entry>>()
  const dirty = new Set<Entry>()
  const recordHeard = createHeardRecord(pool)

  const find = ({ environmentId, serviceId }: MachineCaller, instanceId: string): Entry | undefined => {
    const entry = entries.get(instanceId)?.get(serviceId)
    return entry?.sighting.environmentId === environmentId ? entry : undefined
  }

  const note = (caller: MachineCaller, sighting: Sighting): Entry => {
    const known = find(caller, sighting.instanceId)
    const seenAtMs = sighting.seenAt.getTime()
    if (known === undefined) return add({ sighting, appliedHeader: undefined, seenAtMs, writtenAtMs: 0, dirty: false })
    const merged = mergeSightings(known.sighting, sighting)
    if (seenAtMs - known.writtenAtMs > REWRITE_AFTER_MS || isOther(known.sighting, merged)) markDirty(known)
    return Object.assign(known, { sighting: merged, seenAtMs })
  }

  const markDirty = (entry: Entry): void => {
    entry.dirty = true
    dirty.add(entry)
  }

  const add = (entry: Entry): Entry => {
    const { instanceId, serviceId } = entry.sighting
    const services = entries.get(instanceId) ?? new Map<string, Entry>()
    entries.set(instanceId, services.set(serviceId, entry))
    markDirty(entry)
    return entry
  }

  const write = async (): Promise<void> => {
    const writing = [...dirty]
    if (writing.length === 0) return
    dirty.clear()
    for (const entry of writing) entry.dirty = false
    try {
      await recordSightings(
        pool,
        writing.map(({ sighting, seenAtMs }) => ({ ...sighting, seenAt: new Date(seenAtMs) })),
      )
      await recordHeard(writing.map(toHeard))
    } catch (error) {
      writing.forEach(markDirty)
      throw error
    }
    const now = Date.now()
    for (const entry of writing) entry.writtenAtMs = now
    forgetGone(entries, now)
  }

  const flusher = flushPeriodically({ write, intervalMs: FLUSH_INTERVAL_MS, logger, what: 'instances' })
  return {
    polled: (caller, headers, readAddress) => {
      const instanceId = headers[MACHINE_HEADERS.instance]
      if (typeof instanceId !== 'string') return
      const appliedHeader = headers[MACHINE_HEADERS.applied]
      const known = find(caller, instanceId)
      const now = Date.now()
      if (
        known?.appliedHeader === appliedHeader &&
        known !== undefined &&
        now - known.writtenAtMs <= REWRITE_AFTER_MS
      ) {
        known.seenAtMs = now
        return
      }
      const entry = note(caller, toPollSighting(caller, readInstanceHeaders(instanceId, headers), readAddress()))
      entry.appliedHeader = appliedHeader
    },
    reported: (caller, report, address) => void note(caller, toReportSighting(caller, report, address)),
    flush: flusher.flush,
    close: flusher.close,
  }
}

const toHeard = ({ sighting: { environmentId, serviceId }, seenAtMs }: Entry): HeardService => ({
  environmentId,
  serviceId,
  spans: [{ fromMs: seenAtMs, toMs: seenAtMs }],
})

function forgetGone(entries: Map<string, Map<string, Entry>>, now: number): void {
  for (const [instanceId, services] of entries) {
    for (const [serviceId, { seenAtMs }] of services) if (now - seenAtMs > FORGET_AFTER_MS) services.delete(serviceId)
    if (services.size === 0) entries.delete(instanceId)
  }
}

/** Whether anything but the time differs. */
const isOther = (a: Sighting, b: Sighting): boolean => describe(a) !== describe(b)
const describe = ({ seenAt: _, ...said }: Sighting): string => JSON.stringify(said)

/** What a poll does not say stays as it was said before. A poll that names a revision comes from an instance that applies it. */
function mergeSightings(before: Sighting, after: Sighting): Sighting {
  const applied = after.applied ?? before.applied
  if (after.sdkVersion !== null) return { ...after, applied }
  const { state, sdkVersion, nodeVersion, framework, hostname, startedAt } = before
  const stateNow = after.applied === null ? state : null
  return { ...after, applied, state: stateNow, sdkVersion, nodeVersion, framework, hostname, startedAt }
}

const toPollSighting = (
  { environmentId, serviceId }: MachineCaller,
  { instanceId, workload, applied }: InstanceHeaders,
  address: string,
): Sighting => ({
  instanceId,
  environmentId,
  serviceId,
  workload,
  address,
  applied,
  seenAt: new Date(),
  state: null,
  sdkVersion: null,
  nodeVersion: null,
  framework: null,
  hostname: null,
  startedAt: null,
})

const toReportSighting = (
  { environmentId, serviceId }: MachineCaller,
  report: InstanceReport,
  address: string,
): Sighting => ({
  instanceId: report.id.toLowerCase(),
  environmentId,
  serviceId,
  workload: report.workload,
  address,
  applied:
    report.epoch !== null && report.revision !== null ? { epoch: report.epoch, revision: report.revision } : null,
  seenAt: new Date(),
  state: report.state,
  sdkVersion: report.sdkVersion,
  nodeVersion: report.nodeVersion,
  framework: report.framework,
  hostname: report.hostname,
  startedAt: plausibleStart(report.startedAt),
})

/** A clock that is far off must not make a date that the database refuses. */
function plausibleStart(startedAt: string): Date {
  const now = Date.now()
  return new Date(Math.max(now - STARTED_AGO_MAX_MS, Math.min(now, Date.parse(startedAt))))
}
