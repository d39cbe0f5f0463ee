import type { SeededRandom } from '../../sdk/test/seeded-random.ts'

export const MINUTE_MS = 60_000
export const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS
export const WEEK_MS = 7 * DAY_MS

/** When somebody calls, all times in UTC. `requests` come together, within some minutes. */
export type Rhythm =
  | { readonly kind: 'steady'; readonly perDay: number; readonly hours: 'always' | 'day' | 'office' }
  | { readonly kind: 'daily'; readonly hour: number; readonly requests: number }
  | { readonly kind: 'weekly'; readonly weekday: number; readonly hour: number; readonly requests: number }
  /** A day the month does not have is its last. */
  | { readonly kind: 'monthly'; readonly day: number; readonly hour: number; readonly requests: number }
  | { readonly kind: 'every-weeks'; readonly weeks: number; readonly phaseDays: number; readonly requests: number }
  | { readonly kind: 'now-and-then'; readonly meanDays: number; readonly requests: number }

const START_JITTER_MS = 15 * MINUTE_MS
const PAUSE_MS_MAX = 20_000

/** The times within `[fromMs, toMs)`, in order. */
export function timesOf(rhythm: Rhythm, fromMs: number, toMs: number, random: SeededRandom): number[] {
  const times =
    rhythm.kind === 'steady'
      ? steadyTimes(rhythm, fromMs, toMs, random)
      : startsOf(rhythm, fromMs, toMs, random).flatMap((at) => burst(at, rhythm.requests, random))
  return times.filter((at) => at >= fromMs && at < toMs).toSorted((a, b) => a - b)
}

function steadyTimes(
  { perDay, hours }: Extract<Rhythm, { kind: 'steady' }>,
  fromMs: number,
  toMs: number,
  random: SeededRandom,
): number[] {
  const times: number[] = []
  for (let hour = Math.floor(fromMs / HOUR_MS) * HOUR_MS; hour < toMs; hour += HOUR_MS) {
    const requests = drawPoisson((perDay / 24) * busyness(hours, new Date(hour)), random)
    for (let index = 0; index < requests; index++) times.push(hour + random.next() * HOUR_MS)
  }
  return times
}

function busyness(hours: 'always' | 'day' | 'office', at: Date): number {
  if (hours === 'always') return 1
  const hour = at.getUTCHours()
  if (hours === 'day') return 1 + 0.75 * Math.sin(((hour - 8) / 24) * 2 * Math.PI)
  const isWorkday = at.getUTCDay() >= 1 && at.getUTCDay() <= 5
  return isWorkday && hour >= 8 && hour < 18 ? 2.4 : 0
}

/** By counting exponential pauses: means are small here. */
function drawPoisson(mean: number, random: SeededRandom): number {
  if (mean <= 0) return 0
  let count = 0
  for (let sum = drawExponential(1, random); sum < mean; sum += drawExponential(1, random)) count++
  return count
}

const drawExponential = (mean: number, random: SeededRandom): number => -Math.log(1 - random.next()) * mean

function startsOf(
  rhythm: Exclude<Rhythm, { kind: 'steady' }>,
  fromMs: number,
  toMs: number,
  random: SeededRandom,
): number[] {
  if (rhythm.kind === 'now-and-then') return startsNowAndThen(rhythm.meanDays, fromMs, toMs, random)
  const days: number[] = []
  for (let day = Math.floor(fromMs / DAY_MS) * DAY_MS; day < toMs; day += DAY_MS)
    if (isDayOf(rhythm, day)) days.push(day)
  const hour = rhythm.kind === 'every-weeks' ? 6 : rhythm.hour
  return days.map((day) => day + hour * HOUR_MS + random.next() * START_JITTER_MS)
}

function startsNowAndThen(meanDays: number, fromMs: number, toMs: number, random: SeededRandom): number[] {
  const starts: number[] = []
  let at = fromMs + drawExponential(meanDays * DAY_MS, random)
  for (; at < toMs; at += drawExponential(meanDays * DAY_MS, random)) starts.push(at)
  return starts
}

function isDayOf(rhythm: Exclude<Rhythm, { kind: 'steady' | 'now-and-then' }>, dayMs: number): boolean {
  const day = new Date(dayMs)
  switch (rhythm.kind) {
    case 'daily':
      return true
    case 'weekly':
      return day.getUTCDay() === rhythm.weekday
    case 'monthly':
      return day.getUTCDate() === Math.min(rhythm.day, daysInMonth(day))
    case 'every-weeks':
      return Math.floor(dayMs / DAY_MS) % (rhythm.weeks * 7) === rhythm.phaseDays
  }
}

const daysInMonth = (day: Date): number =>
  new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 0)).getUTCDate()

function burst(startMs: number, requests: number, random: SeededRandom): number[] {
  let at = startMs
  return Array.from({ length: requests }, () => (at += random.next() * PAUSE_MS_MAX))
}
