'use client'
import { useNow } from './now.ts'
import { Tooltip } from './tooltip.tsx'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

const exact = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' })
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })

export const toExactTime = (at: string): string => exact.format(new Date(at))
export const toDay = (at: string): string => day.format(new Date(at))

/** "3 min ago", "in 2 h"; a date from thirty days on. */
export function toRelativeTime(at: string, now: number): string {
  const distance = new Date(at).getTime() - now
  const size = Math.abs(distance)
  if (size >= 30 * DAY_MS) return toDay(at)
  if (size < 10_000) return 'just now'
  const words =
    size < MINUTE_MS
      ? `${String(Math.round(size / 1_000))} s`
      : size < HOUR_MS
        ? `${String(Math.round(size / MINUTE_MS))} min`
        : size < DAY_MS
          ? `${String(Math.round(size / HOUR_MS))} h`
          : `${String(Math.round(size / DAY_MS))} d`
  return distance < 0 ? `${words} ago` : `in ${words}`
}

interface RelativeTimeProps {
  readonly at: string | null
  /** Said when there is no time. */
  readonly never?: string
  readonly className?: string
}

export function RelativeTime({ at, never = 'never', className }: RelativeTimeProps) {
  const now = useNow()
  if (at === null) return <span className="text-faint">{never}</span>
  return (
    <Tooltip content={<ExactTime at={at} />}>
      <time dateTime={at} className={className} suppressHydrationWarning>
        {now === null ? toDay(at) : toRelativeTime(at, now)}
      </time>
    </Tooltip>
  )
}

const ExactTime = ({ at }: { readonly at: string }) => (
  <span className="tabular-nums">
    {toExactTime(at)}
    <br />
    {new Date(at).toISOString()}
  </span>
)
