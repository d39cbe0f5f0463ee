import type { DecisionFilter } from './decision-filter.ts'
import { OTHER, UNDECLARED, type SeriesKey, type SeriesPoint } from './read-series.ts'
import type { TopKey, TopRow } from './read-top.ts'
import { slotsPerDay } from './recorded-day.ts'
import type { DayOfWindow, RecordedWindow } from './recorded-days.ts'
import type { RecordedSignature } from './recorded-signatures.ts'

const HOUR_MS = 3_600_000
const NOT_ASKED_FOR = -1

const SERIES_KEYS: Record<SeriesKey, (signature: RecordedSignature) => string | null> = {
  outcome: ({ evaluated, outcome }) => (evaluated ? outcome : 'unevaluated'),
  reason: ({ reason }) => reason,
  service: ({ serviceSlug, outcome }) => (outcome === 'allowed' ? null : serviceSlug),
  endpoint: ({ endpointId, outcome }) => (outcome === 'allowed' ? null : (endpointId ?? UNDECLARED)),
  caller: ({ callerKey, outcome }) => (outcome === 'allowed' ? null : callerKey),
}

const TOP_KEYS: Record<TopKey, (signature: RecordedSignature) => readonly [key: string, label: string] | null> = {
  caller: ({ evaluated, callerKey, callerLabel }) => (evaluated ? [callerKey, callerLabel] : null),
  endpoint: ({ endpointId, serviceSlug, method, route }) => [endpointId ?? '', `${serviceSlug} ${method} ${route}`],
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

/** Slots of a day that begin within the window, the last one not included. */
function slotsWithin(
  { from, to }: DecisionFilter,
  { startMs, hoursPerSlot }: DayOfWindow,
): readonly [first: number, end: number] {
  const slotMs = hoursPerSlot * HOUR_MS
  const first = Math.ceil((from.getTime() - startMs) / slotMs)
  const end = Math.ceil((to.getTime() - startMs) / slotMs)
  return [Math.max(0, first), Math.min(slotsPerDay(hoursPerSlot), end)]
}

/** As `readSeries` answers, in buckets of the slots of the days or a multiple that divides a day; all but the largest keys are one. */
export function sumSeries(
  window: RecordedWindow,
  filter: DecisionFilter,
  by: SeriesKey,
  bucketSeconds: number,
  keysMax: number,
): SeriesPoint[] {
  const { keys, keyByPlace } = groupSignatures(window, filter, SERIES_KEYS[by])
  const days = window.days.map((day) => {
    const sums = new Float64Array(slotsPerDay(day.hoursPerSlot) * keys.length)
    addSlots(sums, day, keyByPlace, slotsWithin(filter, day))
    return { day, sums }
  })
  const shown = findLargest(keys, days, keysMax)
  return days.flatMap((each) => toPoints(each.day, addUp(each, shown), bucketSeconds))
}

interface SummedDay {
  readonly day: DayOfWindow
  /** Slots of one key after those of the other. */
  readonly sums: Float64Array
}

/** By number of the key, the key it is shown as. */
function findLargest(keys: readonly string[], days: readonly SummedDay[], keysMax: number): string[] {
  if (keys.length <= keysMax) return [...keys]
  const totals = new Float64Array(keys.length)
  for (const { day, sums } of days) addEach(totals, sums, slotsPerDay(day.hoursPerSlot))
  const largest = new Set([...keys.keys()].sort((a, b) => (totals[b] ?? 0) - (totals[a] ?? 0)).slice(0, keysMax))
  return keys.map((key, number) => (largest.has(number) ? key : OTHER))
}

function addEach(totals: Float64Array, sums: Float64Array, slots: number): void {
  for (let number = 0; number < totals.length; number++)
    for (let slot = 0; slot < slots; slot++) totals[number] = (totals[number] ?? 0) + (sums[number * slots + slot] ?? 0)
}

/** Slots of a day by the key they are shown as. */
function addUp({ day, sums }: SummedDay, shown: readonly string[]): Map<string, Float64Array> {
  const slots = slotsPerDay(day.hoursPerSlot)
  const byKey = new Map<string, Float64Array>()
  for (let number = 0; number < shown.length; number++) {
    const key = shown[number] ?? OTHER
    const total = byKey.get(key) ?? new Float64Array(slots)
    for (let slot = 0; slot < slots; slot++) total[slot] = (total[slot] ?? 0) + (sums[number * slots + slot] ?? 0)
    byKey.set(key, total)
  }
  return byKey
}

function toPoints(
  { startMs, hoursPerSlot }: DayOfWindow,
  byKey: ReadonlyMap<string, Float64Array>,
  bucketSeconds: number,
): SeriesPoint[] {
  const slotsPerBucket = (bucketSeconds * 1_000) / (hoursPerSlot * HOUR_MS)
  return Array.from({ length: slotsPerDay(hoursPerSlot) / slotsPerBucket }, (_, bucket) => {
    const at = new Date(startMs + bucket * bucketSeconds * 1_000)
    const [first, end] = [bucket * slotsPerBucket, (bucket + 1) * slotsPerBucket]
    return [...byKey].flatMap(([key, slots]): SeriesPoint[] => {
      const count = sum(slots.subarray(first, end))
      return count === 0 ? [] : [{ key, at, count }]
    })
  }).flat()
}

const sum = (numbers: Float64Array): number => numbers.reduce((total, number) => total + number, 0)

/** Numbers of the keys, by the place of the signature. */
function groupSignatures(
  { signatures }: RecordedWindow,
  filter: DecisionFilter,
  toKey: (signature: RecordedSignature) => string | null,
) {
  const numbers = new Map<string, number>()
  const keyByPlace = new Int32Array(signatures.length).fill(NOT_ASKED_FOR)
  signatures.forEach((signature, place) => {
    const key = signature !== undefined && passes(filter, signature) ? toKey(signature) : null
    if (key === null) return
    const number = numbers.get(key) ?? numbers.size
    numbers.set(key, number)
    keyByPlace[place] = number
  })
  return { keys: [...numbers.keys()], keyByPlace }
}

/** The inner loop of every chart over months: as plain as it can be. */
function addSlots(
  sums: Float64Array,
  { places, slots, hoursPerSlot }: DayOfWindow,
  keyByPlace: Int32Array,
  [first, end]: readonly [number, number],
): void {
  const perRow = slotsPerDay(hoursPerSlot)
  for (let row = 0; row < places.length; row++) {
    const key = keyByPlace[places[row] ?? 0] ?? NOT_ASKED_FOR
    if (key === NOT_ASKED_FOR) continue
    const to = key * perRow
    const from = row * perRow
    for (let slot = first; slot < end; slot++) sums[to + slot] = (sums[to + slot] ?? 0) + (slots[from + slot] ?? 0)
  }
}

/** As `readTop` answers, to the slots of the days. */
export function sumTop(window: RecordedWindow, filter: DecisionFilter, by: TopKey, limit: number): TopRow[] {
  const counts = countSignatures(window, filter)
  /** By key and then by label: a key may have several. */
  const rows = new Map<string, Map<string, Writable<TopRow>>>()
  for (const [place, signature] of window.signatures.entries()) {
    const count = counts[place] ?? 0
    if (count === 0 || signature === undefined || !passes(filter, signature)) continue
    const named = TOP_KEYS[by](signature)
    if (named === null) continue
    const row = rowOf(rows, ...named)
    row[signature.evaluated ? signature.outcome : 'unevaluated'] += count
  }
  return [...rows.values()]
    .flatMap((labels) => [...labels.values()])
    .sort(byDenials)
    .slice(0, limit)
}

function rowOf(rows: Map<string, Map<string, Writable<TopRow>>>, key: string, label: string): Writable<TopRow> {
  const labels = rows.get(key) ?? new Map<string, Writable<TopRow>>()
  rows.set(key, labels)
  const row = labels.get(label) ?? { key, label, allowed: 0, 'would-deny': 0, denied: 0, unevaluated: 0 }
  labels.set(label, row)
  return row
}

type Writable<Row> = { -readonly [Key in keyof Row]: Row[Key] }

const denialsOf = (row: TopRow): number => row['would-deny'] + row.denied
const requestsOf = (row: TopRow): number => denialsOf(row) + row.allowed + row.unevaluated
const byDenials = (a: TopRow, b: TopRow): number =>
  denialsOf(b) - denialsOf(a) || requestsOf(b) - requestsOf(a) || (a.key < b.key ? -1 : 1)

/** By place. */
function countSignatures({ signatures, days }: RecordedWindow, filter: DecisionFilter): Float64Array {
  const counts = new Float64Array(signatures.length)
  for (const day of days) {
    const { places } = day
    const rows = countRows(day, slotsWithin(filter, day))
    for (let row = 0; row < places.length; row++) {
      const place = places[row] ?? 0
      counts[place] = (counts[place] ?? 0) + (rows[row] ?? 0)
    }
  }
  return counts
}

/** Of days that are asked for as a whole, which those of a month are but for the first and the last. */
const wholeDays = new WeakMap<DayOfWindow['slots'], Float64Array>()

function countRows(day: DayOfWindow, [first, end]: readonly [number, number]): Float64Array {
  if (first > 0 || end < slotsPerDay(day.hoursPerSlot)) return sumRows(day, first, end)
  const known = wholeDays.get(day.slots) ?? sumRows(day, first, end)
  wholeDays.set(day.slots, known)
  return known
}

function sumRows({ places, slots, hoursPerSlot }: DayOfWindow, first: number, end: number): Float64Array {
  const perRow = slotsPerDay(hoursPerSlot)
  const rows = new Float64Array(places.length)
  for (let row = 0; row < places.length; row++) {
    let count = 0
    for (let slot = first; slot < end; slot++) count += slots[row * perRow + slot] ?? 0
    rows[row] = count
  }
  return rows
}
