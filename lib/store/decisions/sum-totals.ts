import { TOKEN_AGE_BUCKETS } from '../../policy/token-age.ts'
import type { SignatureTotals } from './read-signature-totals.ts'
import { slotsPerDay } from './recorded-day.ts'
import type { DayOfWindow, RecordedWindow } from './recorded-days.ts'
import type { RecordedSignature } from './recorded-signatures.ts'

const DAY_MS = 86_400_000

type Sums = ReturnType<typeof createSums>

export type SumTotals = (window: RecordedWindow, endpointIds: readonly string[] | null) => SignatureTotals[]

/** As `readSignatureTotals` answers, to the day. What days that are over add up to is kept for the next question about the same ones. */
export function createTotalsSum(): SumTotals {
  let kept: { readonly days: readonly KnownDay[]; readonly sums: Sums } | null = null
  let answered: Answered[] = []

  const sumOver = (days: readonly DayOfWindow[], size: number): Sums => {
    const isKept = kept?.days.length === days.length && days.every((day, at) => isSame(day, kept?.days[at]))
    if (kept === null || !isKept) {
      const sums = createSums(countPlaces(days))
      for (const day of days) addDay(sums, day)
      kept = { days: days.map(({ startMs, places }) => ({ startMs, places })), sums }
      answered = []
    }
    return copySums(kept.sums, size)
  }

  /** Beside the same days that are over, what counts as much as before is what it was. */
  const totalsOf = (facts: RecordedSignature, sums: Sums, place: number): SignatureTotals => {
    const before = answered[place]
    if (before?.facts === facts && before.totals.count === sums.counts[place]) return before.totals
    const totals = toTotals(facts, sums, place)
    answered[place] = { facts, totals }
    return totals
  }

  return ({ days, signatures }, endpointIds) => {
    const newestMs = days.at(-1)?.startMs ?? 0
    const sums = sumOver(
      days.filter(({ startMs }) => startMs < newestMs),
      signatures.length,
    )
    for (const day of days) if (day.startMs === newestMs) addDay(sums, day)
    const asked = endpointIds === null ? null : new Set(endpointIds)
    const totals: SignatureTotals[] = []
    for (let place = 0; place < signatures.length; place++) {
      const facts = signatures[place]
      if (facts === undefined || facts.endpointId === null || asked?.has(facts.endpointId) === false) continue
      if ((sums.counts[place] ?? 0) > 0) totals.push(totalsOf(facts, sums, place))
    }
    return totals
  }
}

interface Answered {
  readonly facts: RecordedSignature
  readonly totals: SignatureTotals
}

/** What tells that a day is the same. Its counts are not kept twice. */
type KnownDay = Pick<DayOfWindow, 'startMs' | 'places'>

/** As many as days name, known or not. */
const countPlaces = (days: readonly DayOfWindow[]): number =>
  days.reduce((most, { places }) => places.reduce((max, place) => Math.max(max, place + 1), most), 0)

/** A day that is read anew comes with new places. */
const isSame = (day: KnownDay, other: KnownDay | undefined): boolean =>
  day.places === other?.places && day.startMs === other.startMs

function toTotals(facts: RecordedSignature, sums: Sums, place: number): SignatureTotals {
  const ages = sums.ages.subarray(place * TOKEN_AGE_BUCKETS, (place + 1) * TOKEN_AGE_BUCKETS)
  return {
    ...facts,
    count: sums.counts[place] ?? 0,
    tokenAges: sums.hasAges[place] === 1 ? Array.from(ages) : null,
    firstAt: new Date(Math.max(sums.startsMs[place] ?? 0, facts.firstAt.getTime())),
    lastAt: new Date(Math.min((sums.lastsMs[place] ?? 0) + DAY_MS, facts.lastAt.getTime())),
  }
}

const createSums = (size: number) => ({
  counts: new Float64Array(size),
  ages: new Float64Array(size * TOKEN_AGE_BUCKETS),
  hasAges: new Uint8Array(size),
  /** Starts of the first and the last day. */
  startsMs: new Float64Array(size),
  lastsMs: new Float64Array(size),
})

/** For as many signatures as there are by now. */
function copySums(sums: Sums, size: number): Sums {
  const copy = createSums(Math.max(size, sums.counts.length))
  copy.counts.set(sums.counts)
  copy.ages.set(sums.ages)
  copy.hasAges.set(sums.hasAges)
  copy.startsMs.set(sums.startsMs)
  copy.lastsMs.set(sums.lastsMs)
  return copy
}

function addDay(sums: Sums, day: DayOfWindow): void {
  const { counts, ages, hasAges, startsMs, lastsMs } = sums
  const perRow = slotsPerDay(day.hoursPerSlot)
  for (let row = 0; row < day.places.length; row++) {
    const place = day.places[row] ?? 0
    let count = 0
    for (let slot = 0; slot < perRow; slot++) count += day.slots[row * perRow + slot] ?? 0
    if (counts[place] === 0) startsMs[place] = day.startMs
    counts[place] = (counts[place] ?? 0) + count
    lastsMs[place] = day.startMs
    if (day.hasAges[row] !== 1) continue
    hasAges[place] = 1
    const [to, from] = [place * TOKEN_AGE_BUCKETS, row * TOKEN_AGE_BUCKETS]
    for (let bucket = 0; bucket < TOKEN_AGE_BUCKETS; bucket++)
      ages[to + bucket] = (ages[to + bucket] ?? 0) + (day.ages[from + bucket] ?? 0)
  }
}
