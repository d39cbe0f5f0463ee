import type { DecisionFilter } from './decision-filter.ts'
import { UNDECLARED, type SeriesKey } from './read-series.ts'
import type { TopKey } from './read-top.ts'
import type { PlacedSignatures, RecordedSignature } from './recorded-signatures.ts'

/** What a signature is counted as. */
export interface GroupName {
  readonly key: string
  readonly label: string
}

/** The signatures a chart is about, and which of them it counts as one. */
export interface SignatureGroups {
  readonly names: readonly GroupName[]
  /** Places of the signatures, in order. */
  readonly places: Int32Array
  /** Of each of them, the number of its group. */
  readonly groupOf: Int32Array
  /** Numbers of groups are below. */
  readonly size: number
}

/** What a top tells apart of each name: such a group has the number of its name times as many, and the place here. */
export const TOP_COLUMNS = ['allowed', 'would-deny', 'denied', 'unevaluated'] as const

export type ChartKey =
  { readonly chart: 'series'; readonly by: SeriesKey } | { readonly chart: 'top'; readonly by: TopKey }

type Named = readonly [key: string, label: string]

const SERIES_NAMES: Record<SeriesKey, (signature: RecordedSignature) => Named | null> = {
  outcome: ({ evaluated, outcome }) => (evaluated ? [outcome, ''] : ['unevaluated', '']),
  reason: ({ reason }) => (reason === null ? null : [reason, '']),
  service: ({ serviceSlug, outcome }) => (outcome === 'allowed' ? null : [serviceSlug, '']),
  endpoint: ({ endpointId, outcome }) => (outcome === 'allowed' ? null : [endpointId ?? UNDECLARED, '']),
  caller: ({ callerKey, outcome }) => (outcome === 'allowed' ? null : [callerKey, '']),
}

const TOP_NAMES: Record<TopKey, (signature: RecordedSignature) => Named | null> = {
  caller: ({ evaluated, callerKey, callerLabel }) => (evaluated ? [callerKey, callerLabel] : null),
  endpoint: ({ endpointId, endpointLabel }) => [endpointId ?? '', endpointLabel],
  reason: ({ reason }) => (reason === null ? null : [reason, reason]),
  service: ({ serviceSlug }) => [serviceSlug, serviceSlug],
}

const passes = (filter: DecisionFilter, signature: RecordedSignature): boolean =>
  (filter.service === undefined || signature.serviceSlug === filter.service) &&
  (filter.endpoint === undefined || signature.endpointId === filter.endpoint) &&
  (filter.caller === undefined || signature.callerKey === filter.caller) &&
  (filter.outcome === undefined || (signature.evaluated && signature.outcome === filter.outcome)) &&
  (filter.reason === undefined || signature.reason === filter.reason) &&
  (filter.mode === undefined || signature.mode === filter.mode)

export function groupSignatures(signatures: PlacedSignatures, filter: DecisionFilter, key: ChartKey): SignatureGroups {
  const nameOf = key.chart === 'series' ? SERIES_NAMES[key.by] : TOP_NAMES[key.by]
  const columns = key.chart === 'series' ? 1 : TOP_COLUMNS.length
  const names = createNames()
  const places = new Int32Array(signatures.length)
  const groupOf = new Int32Array(signatures.length)
  let asked = 0
  for (let place = 0; place < signatures.length; place++) {
    const signature = signatures[place]
    if (signature === undefined || !passes(filter, signature)) continue
    const named = nameOf(signature)
    if (named === null) continue
    places[asked] = place
    groupOf[asked++] = names.numberOf(named) * columns + (columns === 1 ? 0 : columnOf(signature))
  }
  return {
    names: names.list,
    places: places.slice(0, asked),
    groupOf: groupOf.slice(0, asked),
    size: names.list.length * columns,
  }
}

const columnOf = ({ evaluated, outcome }: RecordedSignature): number =>
  TOP_COLUMNS.indexOf(evaluated ? outcome : 'unevaluated')

/** Numbered in the order in which they are met. A key may have several labels. */
function createNames() {
  const list: GroupName[] = []
  const numbers = new Map<string, Map<string, number>>()
  const add = (labels: Map<string, number>, name: GroupName): number => {
    labels.set(name.label, list.length)
    return list.push(name) - 1
  }
  return {
    list,
    numberOf: ([key, label]: Named): number => {
      const labels = numbers.get(key) ?? new Map<string, number>()
      if (labels.size === 0) numbers.set(key, labels)
      return labels.get(label) ?? add(labels, { key, label })
    },
  }
}

/** As many as several people look at together. */
const QUESTIONS_MAX = 64

interface Kept {
  /** Not held on to: what is known of all signatures takes room. */
  readonly signatures: WeakRef<PlacedSignatures>
  readonly groups: SignatureGroups
}

/**
 * Groups of the charts that were asked for last. They are the same object for as long as they are the same groups, which is what
 * sums over days that are over are kept by.
 */
export function createSignatureGroups(): typeof groupSignatures {
  const kept = new Map<string, Kept>()

  const groupAnew = (known: Kept | undefined, asked: Parameters<typeof groupSignatures>): Kept => {
    const made = groupSignatures(...asked)
    const groups = known !== undefined && areSame(known.groups, made) ? known.groups : made
    return { signatures: new WeakRef(asked[0]), groups }
  }

  return (signatures, filter, key) => {
    const question = toQuestion(filter, key)
    const known = kept.get(question)
    const entry = known?.signatures.deref() === signatures ? known : groupAnew(known, [signatures, filter, key])
    kept.delete(question)
    kept.set(question, entry)
    if (kept.size > QUESTIONS_MAX) kept.delete(kept.keys().next().value ?? '')
    return entry.groups
  }
}

/** Whenever it is asked about. */
const toQuestion = ({ from: _from, to: _to, ...filter }: DecisionFilter, { chart, by }: ChartKey): string =>
  JSON.stringify([chart, by, Object.entries(filter).sort(([left], [right]) => (left < right ? -1 : 1))])

const areSame = (groups: SignatureGroups, others: SignatureGroups): boolean =>
  areEqual(groups.places, others.places) &&
  areEqual(groups.groupOf, others.groupOf) &&
  groups.names.length === others.names.length &&
  groups.names.every(({ key, label }, at) => key === others.names[at]?.key && label === others.names[at].label)

const areEqual = (numbers: Int32Array, others: Int32Array): boolean =>
  numbers.length === others.length && numbers.every((number, at) => number === others[at])
