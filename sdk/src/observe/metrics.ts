import type { StepgateStatus } from '../stepgate.ts'
import { SNAPSHOT_STATES } from '../../../lib/policy/vocabulary.ts'

export interface MetricValue {
  readonly value: number
  readonly labels: Readonly<Record<string, string>>
}

export interface Metric {
  /** With dots as OpenTelemetry has it, and without the suffixes of Prometheus. */
  readonly name: string
  readonly help: string
  readonly kind: 'counter' | 'gauge'
  /** `s` or nothing. */
  readonly unit?: 's'
  readonly labels: readonly string[]
  readonly read: (status: StepgateStatus) => readonly MetricValue[]
}

const plain = (value: number | null): readonly MetricValue[] => (value === null ? [] : [{ value, labels: {} }])

/** All of it is read from `status()` when it is asked for; no request costs more because it is measured. */
export const METRICS: readonly Metric[] = [
  {
    name: 'stepgate.decisions',
    help: 'Requests by mode of their endpoint, outcome and reason.',
    kind: 'counter',
    labels: ['mode', 'outcome', 'reason'],
    read: ({ decisions }) =>
      decisions.map(({ mode, outcome, reason, count }) => ({
        value: count,
        labels: { mode, outcome, reason: reason ?? '' },
      })),
  },
  {
    name: 'stepgate.decisions.reported',
    help: 'Decisions that the control plane has acknowledged.',
    kind: 'counter',
    labels: [],
    read: ({ stored }) => plain(stored),
  },
  {
    name: 'stepgate.decisions.dropped',
    help: 'Decisions and samples that could not be kept.',
    kind: 'counter',
    labels: ['dropped'],
    read: ({ dropped }) => [
      { value: dropped.allowed, labels: { dropped: 'allowed' } },
      { value: dropped.wouldDeny, labels: { dropped: 'would-deny' } },
      { value: dropped.denied, labels: { dropped: 'denied' } },
      { value: dropped.samples, labels: { dropped: 'sample' } },
    ],
  },
  {
    name: 'stepgate.decisions.queued',
    help: 'Decision signatures that wait to be reported.',
    kind: 'gauge',
    labels: [],
    read: ({ queued }) => plain(queued),
  },
  {
    name: 'stepgate.snapshot.age',
    help: 'Time since the control plane last confirmed the configuration; absent when it never did.',
    kind: 'gauge',
    unit: 's',
    labels: [],
    read: ({ ageSeconds }) => plain(ageSeconds),
  },
  {
    name: 'stepgate.snapshot.revision',
    help: 'Revision of the configuration in force; absent when there is none.',
    kind: 'gauge',
    labels: [],
    read: ({ revision }) => plain(revision),
  },
  {
    name: 'stepgate.state',
    help: 'State of the configuration: 1 for the one it is in.',
    kind: 'gauge',
    labels: ['state'],
    read: ({ state }) => SNAPSHOT_STATES.map((known) => ({ value: known === state ? 1 : 0, labels: { state: known } })),
  },
  {
    name: 'stepgate.routes',
    help: 'Routes that are guarded.',
    kind: 'gauge',
    labels: [],
    read: ({ routes }) => plain(routes),
  },
  {
    name: 'stepgate.token.requests',
    help: 'Requests for access tokens by their result.',
    kind: 'counter',
    labels: ['result'],
    read: ({ tokens }) => [
      { value: tokens.issued, labels: { result: 'issued' } },
      { value: tokens.failed, labels: { result: 'failed' } },
    ],
  },
]
