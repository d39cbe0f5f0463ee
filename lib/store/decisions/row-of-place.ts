import type { PlacedDay } from './recorded-days.ts'

export const NO_ROW = -1

const known = new WeakMap<PlacedDay['places'], Int32Array>()

/** Where a day has its row of the signature at a place; beyond the last one, and where it has none, is `NO_ROW` or nothing. */
export function rowsByPlace({ places }: PlacedDay): Int32Array {
  const rows = known.get(places) ?? numberRows(places)
  known.set(places, rows)
  return rows
}

function numberRows(places: Int32Array): Int32Array {
  const rows = new Int32Array(places.reduce((most, place) => Math.max(most, place + 1), 0)).fill(NO_ROW)
  for (const [row, place] of places.entries()) rows[place] = row
  return rows
}
