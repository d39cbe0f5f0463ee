import { randomUUID } from 'node:crypto'
import { nothingDropped, type DecisionWindow, type Dropped } from './decision-queue.ts'
import type { DecisionSample, FoldedDecisions } from './fold.ts'
import type { InstanceReport } from './instance-report.ts'

/** Decisions on their way: once it may have been sent, neither its id nor its text changes until it is acknowledged. */
export interface DecisionBatch {
  readonly id: string
  readonly window: DecisionWindow
  readonly dropped: Readonly<Dropped>
  readonly json: string
}

const toIso = (ms: number): string => new Date(ms).toISOString()

const toItem = ({ signature, count, firstAtMs, lastAtMs, tokenAges }: FoldedDecisions): object => ({
  ...signature,
  count,
  firstAt: toIso(firstAtMs),
  lastAt: toIso(lastAtMs),
  tokenAges,
})

const toSample = ({ atMs, ...sample }: DecisionSample, signature: number): object => ({
  ...sample,
  at: toIso(atMs),
  signature,
})

export function toDecisionBatch(
  window: DecisionWindow,
  dropped: Readonly<Dropped>,
  instance: InstanceReport,
): DecisionBatch {
  const id = randomUUID()
  const json = JSON.stringify({
    batchId: id,
    instance,
    window: { from: toIso(window.fromMs), to: toIso(window.toMs) },
    signatures: window.items.map(toItem),
    samples: window.items.flatMap(({ samples }, index) => samples.map((sample) => toSample(sample, index))),
    dropped,
  })
  return { id, window, dropped, json }
}

/** Two batches of half the size with ids of their own, for one that was too large to be taken. Null when it cannot be halved. */
export function splitBatch(
  { window, dropped }: DecisionBatch,
  instance: InstanceReport,
): readonly [DecisionBatch, DecisionBatch] | null {
  const { items } = window
  if (items.length < 2) return null
  const middle = items.length >> 1
  const part = (from: number, to: number): DecisionWindow => ({ ...window, items: items.slice(from, to) })
  return [
    toDecisionBatch(part(0, middle), dropped, instance),
    toDecisionBatch(part(middle, items.length), nothingDropped(), instance),
  ]
}
