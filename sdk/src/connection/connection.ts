import { ControlPlane } from '../client/control-plane.ts'
import { TokenClient } from '../client/token-client.ts'
import { SnapshotDisk } from '../config/snapshot-disk.ts'
import { SnapshotPoller } from '../config/snapshot-poller.ts'
import type { StepgateTokenError } from '../errors.ts'
import type { EventHub } from '../event-hub.ts'
import type { RouteTable } from '../guard/route-table.ts'
import type { Snapshot } from '../../../lib/policy/snapshot.ts'
import type { DecisionQueue } from '../report/decision-queue.ts'
import { DecisionReporter } from '../report/decision-reporter.ts'
import { toInstanceReport, type InstanceReport } from '../report/instance-report.ts'
import { InventoryReporter } from '../report/inventory-reporter.ts'
import type { Settings } from '../settings.ts'
import type { StepgateStatus } from '../stepgate.ts'

export interface ConnectionParts {
  readonly settings: Settings
  readonly events: EventHub
  readonly queue: DecisionQueue
  readonly routes: RouteTable
  readonly instanceId: string
  readonly framework: () => string
  /** Waited for before a configuration is applied; one for which it rejects is not. */
  readonly prepare: (snapshot: Snapshot) => Promise<void>
  readonly apply: (snapshot: Snapshot) => void
  /** The class services know. A part that is loaded late has a copy of its own. */
  readonly TokenError: typeof StepgateTokenError
}

/** How it stands with the control plane, of `stepgate.status()`. */
export type ConnectionStanding = Omit<
  StepgateStatus,
  'routes' | 'decisions' | 'geoDatabases' | 'instanceId' | 'workload'
>

const REPORT_INTERVAL_SECONDS_DEFAULT = 5

/** Keeps one instance in touch with its control plane: gets its tokens and its configuration, reports routes and decisions. */
export class Connection {
  readonly #parts: ConnectionParts
  readonly #startedAt = new Date()
  readonly #inventory: InventoryReporter
  readonly tokens: TokenClient
  readonly poller: SnapshotPoller
  readonly reporter: DecisionReporter

  constructor(parts: ConnectionParts) {
    const { settings, events, queue, routes, prepare, apply } = parts
    this.#parts = parts
    this.tokens = new TokenClient(settings, parts.TokenError)
    const controlPlane = this.#toControlPlane()
    const shared = { controlPlane, events, describeInstance: () => this.#describe() }
    this.#inventory = new InventoryReporter({ ...shared, routes })
    this.reporter = new DecisionReporter({ ...shared, queue, intervalMs: () => this.#reportIntervalMs() })
    this.poller = new SnapshotPoller({
      controlPlane,
      events,
      disk: settings.stateDir === null ? null : new SnapshotDisk(settings.stateDir, settings.clientId),
      service: settings.clientId,
      configKeys: settings.configKeys,
      prepare,
      apply,
    })
  }

  start(): void {
    this.poller.start()
    this.reporter.start()
    this.announceRoutes()
  }

  get standing(): ConnectionStanding {
    const { state, snapshot, ageSeconds, lastPollAt, lastError } = this.poller
    const { queued, stored, dropped } = this.reporter
    return {
      state,
      epoch: snapshot?.epoch ?? null,
      revision: snapshot?.revision ?? null,
      environment: snapshot?.environment ?? null,
      ageSeconds,
      lastPollAt,
      lastError,
      queued,
      stored,
      dropped,
      tokens: this.tokens.counts,
    }
  }

  announceRoutes(): void {
    this.#inventory.announce()
  }

  /** Reports what was not reported yet, and stops. */
  async close(deadlineMs: number): Promise<void> {
    this.poller.stop()
    this.#inventory.stop()
    await this.reporter.stop(deadlineMs)
  }

  #toControlPlane(): ControlPlane {
    const { settings, instanceId } = this.#parts
    return new ControlPlane(
      {
        url: settings.url,
        instanceId,
        workload: settings.workload,
        applied: () => this.#applied(),
      },
      this.tokens,
    )
  }

  #applied(): string | null {
    const { snapshot } = this.poller
    return snapshot === null ? null : `${snapshot.epoch}:${String(snapshot.revision)}`
  }

  #reportIntervalMs(): number {
    return (this.poller.snapshot?.report.intervalSeconds ?? REPORT_INTERVAL_SECONDS_DEFAULT) * 1000
  }

  #describe(): InstanceReport {
    const { settings, instanceId, framework } = this.#parts
    const { snapshot, state } = this.poller
    return toInstanceReport({
      id: instanceId,
      workload: settings.workload,
      startedAt: this.#startedAt,
      framework: framework(),
      snapshot,
      state,
    })
  }
}
