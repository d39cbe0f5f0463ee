import type pg from 'pg'
import { storeHeard, type HeardDay } from '#lib/store/decisions/store-heard.ts'

const MINUTE_MS = 60_000
const MINUTES_A_DAY = 1_440
const DAY_MS = MINUTES_A_DAY * MINUTE_MS
const DAYS_KEPT_MAX = 20_000

/** A service was there, or says that it was: spans of time, both ends included. */
export interface HeardService {
  readonly environmentId: string
  readonly serviceId: string
  readonly spans: readonly { readonly fromMs: number; readonly toMs: number }[]
}

export type RecordHeard = (heard: readonly HeardService[]) => Promise<void>

/** A byte for each minute of a day, by key and number of the day. */
type MinutesOfDays = Map<string, Omit<HeardDay, 'minutes'> & { readonly minutes: Uint8Array }>

/** Remembers the minutes it has written: a service costs one small write a minute, however many instances it has. */
export function createHeardRecord(pool: pg.Pool): RecordHeard {
  const written = new Map<string, Uint8Array>()

  const isNews = (key: string, minutes: Uint8Array): boolean => {
    const known = written.get(key)
    return known === undefined || minutes.some((heard, minute) => heard > (known[minute] ?? 0))
  }
  const keep = (key: string, minutes: Uint8Array): void => {
    const known = written.get(key)
    written.set(
      key,
      minutes.map((heard, minute) => heard | (known?.[minute] ?? 0)),
    )
    if (written.size > DAYS_KEPT_MAX) written.delete(written.keys().next().value ?? '')
  }

  return async (heard) => {
    const news = [...toDays(heard)].filter(([key, { minutes }]) => isNews(key, minutes))
    if (news.length === 0) return
    await storeHeard(
      pool,
      news.map(([, day]) => ({ ...day, minutes: day.minutes.join('') })),
    )
    for (const [key, { minutes }] of news) keep(key, minutes)
  }
}

function toDays(heard: readonly HeardService[]): MinutesOfDays {
  const days: MinutesOfDays = new Map()
  const byService = Map.groupBy(heard, ({ environmentId, serviceId }) => `${environmentId} ${serviceId}`)
  for (const [service, [first, ...others]] of byService) {
    if (first === undefined) continue
    const { environmentId, serviceId } = first
    const spans = others.length === 0 ? first.spans : [first, ...others].flatMap((each) => each.spans)
    for (const [number, minutes] of markDays(spans)) {
      const day = new Date(number * DAY_MS).toISOString().slice(0, 10)
      days.set(`${service} ${day}`, { environmentId, serviceId, day, minutes })
    }
  }
  return days
}

/** Whole stretches at once: a replayed signature may span a month. */
function markDays(spans: HeardService['spans']): Map<number, Uint8Array> {
  const days = new Map<number, Uint8Array>()
  for (const { fromMs, toMs } of spans) {
    const first = Math.floor(fromMs / MINUTE_MS)
    const last = Math.floor(toMs / MINUTE_MS)
    for (let day = Math.floor(first / MINUTES_A_DAY); day * MINUTES_A_DAY <= last; day++) {
      const start = day * MINUTES_A_DAY
      const minutes = days.get(day) ?? new Uint8Array(MINUTES_A_DAY)
      days.set(day, minutes.fill(1, Math.max(0, first - start), last - start + 1))
    }
  }
  return days
}
