import { TOKEN_AGE_BUCKETS } from '../../policy/token-age.ts'
import { addNumbers, narrow, slotsPerDay } from './recorded-day.ts'
import type { PlacedDay } from './recorded-days.ts'

const NO_ROW = -1

/** One row for each signature, of parts that count the same hours a slot. */
export function mergeDays(parts: readonly PlacedDay[]): PlacedDay {
  const hoursPerSlot = parts[0]?.hoursPerSlot ?? 1
  const { places, rowOfPlace } = numberRows(parts)
  const perRow = slotsPerDay(hoursPerSlot)
  const slots = new Float64Array(places.length * perRow)
  const isAged = parts.some((part) => part.ages.length > 0)
  const ages = new Float64Array(isAged ? places.length * TOKEN_AGE_BUCKETS : 0)
  const hasAges = new Uint8Array(places.length)
  for (const part of parts) {
    for (let from = 0; from < part.places.length; from++) {
      const to = rowOfPlace[part.places[from] ?? 0] ?? 0
      addNumbers(slots, to * perRow, part.slots, from * perRow, perRow)
      if (part.hasAges[from] !== 1) continue
      hasAges[to] = 1
      addNumbers(ages, to * TOKEN_AGE_BUCKETS, part.ages, from * TOKEN_AGE_BUCKETS, TOKEN_AGE_BUCKETS)
    }
  }
  return { hoursPerSlot, places, slots: narrow(slots), ages: narrow(ages), hasAges }
}

/** In the order in which the places are met. */
function numberRows(parts: readonly PlacedDay[]) {
  let [placesMax, rowsMax] = [0, 0]
  for (const { places } of parts) {
    placesMax = places.reduce((most, place) => Math.max(most, place + 1), placesMax)
    rowsMax += places.length
  }
  const rowOfPlace = new Int32Array(placesMax).fill(NO_ROW)
  const met = new Int32Array(rowsMax)
  let rows = 0
  for (const { places } of parts) {
    for (const place of places) {
      if (rowOfPlace[place] !== NO_ROW) continue
      rowOfPlace[place] = rows
      met[rows++] = place
    }
  }
  return { places: met.slice(0, rows), rowOfPlace }
}
