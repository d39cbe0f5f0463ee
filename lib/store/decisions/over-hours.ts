import { areReadAnew } from './held-parts.ts'
import { mergeDays } from './merge-days.ts'
import type { HourSpan } from './recorded-day.ts'
import type { PlacedDay } from './recorded-days.ts'
import { createSingleFlight } from './single-flight.ts'

/** While something is told late again and again, what is held may be so old. */
const LATE_FRESH_MS = 60_000

/** So many are read at once. */
const HOURS_PER_READ = 6

export type ReadHours = (span: HourSpan) => Promise<PlacedDay>

/** Hours of a day from its beginning, as of a version of what is told of them late. */
interface Asked {
  readonly day: string
  readonly toHour: number
  readonly version: string
}

interface Held extends Asked {
  readonly counted: PlacedDay
  /** When it was read from the beginning. */
  readonly at: number
}

/** Hours of a day from its beginning, which may be fewer than were asked for. */
export type CountedHours = Pick<Held, 'toHour' | 'counted'>

/**
 * Hours of today of which nothing more is told unless it is late: they are read once, and again for another version. Nobody waits for
 * those that came to be over since.
 */
export function createOverHours(read: ReadHours): (asked: Asked) => Promise<CountedHours> {
  let held: Held | null = null
  const readOnce = createSingleFlight()

  const readHours = async ({ day, toHour }: Asked, from: number): Promise<PlacedDay[]> => {
    const hours: PlacedDay[] = []
    for (let fromHour = from; fromHour < toHour; fromHour += HOURS_PER_READ)
      hours.push(await read({ day, fromHour, toHour: Math.min(toHour, fromHour + HOURS_PER_READ) }))
    return hours
  }
  const readAll = async (asked: Asked): Promise<Held> => {
    const at = performance.now()
    return (held = { ...asked, at, counted: mergeDays(await readHours(asked, 0)) })
  }
  const extend = async (known: Held, asked: Asked): Promise<Held> => {
    const counted = mergeDays([known.counted, ...(await readHours(asked, known.toHour))])
    return (held = { ...known, toHour: asked.toHour, counted })
  }

  return async (asked) => {
    // Several charts ask at once, of which one reads for all.
    if (!isBefore(held, asked)) await readOnce(() => readAll(asked))
    const known = held
    if (!isBefore(known, asked) || areReadAnew(known.counted.places.length)) return readAll(asked)
    // Who asks next tries again.
    if (known.toHour < asked.toHour) readOnce(() => extend(known, asked)).catch(() => undefined)
    else if (known.version !== asked.version && performance.now() - known.at > LATE_FRESH_MS)
      readOnce(() => readAll(asked)).catch(() => undefined)
    return known
  }
}

const isBefore = (known: Held | null, { day, toHour }: Asked): known is Held =>
  known?.day === day && known.toHour <= toHour
