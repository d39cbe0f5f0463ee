import type pg from 'pg'
import type { Logger } from 'pino'
import type { InstanceReport } from '#lib/contract/machine.ts'
import { recordSightings, type Sighting } from '#lib/control/instance/record-sightings.ts'
import { flushPeriodically } from '../flush-periodically.ts'
import type { InstanceHeaders } from './instance-headers.ts'
import type { MachineCaller } from './verify-machine-token.ts'

const FLUSH_INTERVAL_MS = 500
/** An instance that has nothing new to say is written this often, well within the time after which it counts as gone. */
const REWRITE_AFTER_MS = 15_000
const FORGET_AFTER_MS = 300_000
const STARTED_AGO_MAX_MS = 10 * 365 * 86_400_000

export interface InstanceRegister {
  polled(caller: MachineCaller, headers: InstanceHeaders, address: string): void
  reported(caller: MachineCaller, report: InstanceReport, address: string): void
  flush(): Promise<void>
  close(): Promise<void>
}

interface Entry {
  sighting: Sighting
  writtenAtMs: number
  dirty: boolean
}

/** Keeps what instances say in memory and writes it in batches: polling never waits for the database. */
export function createInstanceRegister(pool: pg.Pool, logger: Logger): InstanceRegister {
  const entries = new Map<string, Entry>()

  const note = (sighting: Sighting, isNews: boolean): void => {
    const key = `${sighting.environmentId}:${sighting.serviceId}:${sighting.instanceId}`
    const entry = entries.get(key) ?? { sighting, writtenAtMs: 0, dirty: true }
    entry.dirty ||=
      isNews ||
      isOtherRevision(entry.sighting, sighting) ||
      sighting.seenAt.getTime() - entry.writtenAtMs > REWRITE_AFTER_MS
    entry.sighting = entry.sighting === sighting ? sighting : mergeSightings(entry.sighting, sighting, entry.dirty)
    entries.set(key, entry)
  }

  const write = async (): Promise<void> => {
    const dirty = [...entries.values()].filter((entry) => entry.dirty)
    if (dirty.length === 0) return
    for (const entry of dirty) entry.dirty = false
    try {
      await recordSightings(
        pool,
        dirty.map(({ sighting }) => sighting),
      )
    } catch (error) {
      for (const entry of dirty) entry.dirty = true
      throw error
    }
    const now = Date.now()
    for (const entry of dirty) entry.writtenAtMs = now
    for (const [key, { sighting }] of entries)
      if (now - sighting.seenAt.getTime() > FORGET_AFTER_MS) entries.delete(key)
  }

  const flusher = flushPeriodically({ write, intervalMs: FLUSH_INTERVAL_MS, logger, what: 'instances' })
  return {
    polled: (caller, headers, address) => note(toPollSighting(caller, headers, address), false),
    reported: (caller, report, address) => note(toReportSighting(caller, report, address), true),
    flush: flusher.flush,
    close: flusher.close,
  }
}

const isOtherRevision = (a: Sighting, b: Sighting): boolean =>
  b.applied !== null && (a.applied?.revision !== b.applied.revision || a.applied.epoch !== b.applied.epoch)

/** A poll says less than a report; what it leaves out stays as it was said, while that is not written yet. */
function mergeSightings(before: Sighting, after: Sighting, unwritten: boolean): Sighting {
  if (!unwritten || after.sdkVersion !== null) return after
  const { state, sdkVersion, nodeVersion, framework, hostname, startedAt } = before
  return {
    ...after,
    applied: after.applied ?? before.applied,
    state,
    sdkVersion,
    nodeVersion,
    framework,
    hostname,
    startedAt,
  }
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
