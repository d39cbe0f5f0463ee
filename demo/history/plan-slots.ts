/** A stretch of time that becomes one count per signature. */
export interface Slot {
  readonly from: Date
  readonly seconds: number
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** More than the chart of a day shows, so that it can be looked at more closely everywhere. */
const FINE_MS = 26 * HOUR_MS
const MIDDLE_MS = 48 * HOUR_MS

/** Finer the nearer to now: minutes as of real traffic, quarters of an hour, hours. */
function slotMinutes(agoMs: number): number {
  if (agoMs <= FINE_MS) return 1
  return agoMs <= MIDDLE_MS ? 15 : 60
}

const ceilTo = (ms: number, stepMs: number): number => Math.ceil(ms / stepMs) * stepMs

/** Slots from whole days before the end up to its last whole minute, oldest first. */
export function planSlots(until: Date, days: number): Slot[] {
  const end = Math.floor(until.getTime() / MINUTE_MS) * MINUTE_MS
  const slots: Slot[] = []
  let at = ceilTo(end - days * DAY_MS, HOUR_MS)
  while (at < end) {
    const stepMs = slotMinutes(end - at) * MINUTE_MS
    const next = Math.min(end, Math.floor(at / stepMs) * stepMs + stepMs)
    slots.push({ from: new Date(at), seconds: (next - at) / 1_000 })
    at = next
  }
  return slots
}
