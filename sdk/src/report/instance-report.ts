import { hostname } from 'node:os'
import type { Snapshot } from '../../../lib/policy/snapshot.ts'
import type { SnapshotState } from '../../../lib/policy/vocabulary.ts'
import { SDK_VERSION } from '../version.ts'

/** How this process introduces itself with every report. */
export interface InstanceReport {
  readonly id: string
  readonly workload: string
  readonly sdkVersion: string
  readonly nodeVersion: string
  readonly framework: string
  readonly hostname: string
  readonly startedAt: string
  readonly epoch: string | null
  readonly revision: number | null
  readonly state: SnapshotState
}

export interface InstanceDescription {
  readonly id: string
  readonly workload: string
  readonly startedAt: Date
  readonly framework: string
  readonly snapshot: Snapshot | null
  readonly state: SnapshotState
}

export function toInstanceReport({
  id,
  workload,
  startedAt,
  framework,
  snapshot,
  state,
}: InstanceDescription): InstanceReport {
  return {
    id,
    workload,
    sdkVersion: SDK_VERSION,
    nodeVersion: process.version,
    framework: framework.slice(0, 200),
    hostname: hostname().slice(0, 200),
    startedAt: startedAt.toISOString(),
    epoch: snapshot?.epoch ?? null,
    revision: snapshot?.revision ?? null,
    state,
  }
}
