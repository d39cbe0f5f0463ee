import { toCount, toDuration } from '../ui/words.ts'
import { toTokenAgePosition, type TokenAges } from './token-age.ts'

export interface TokenAgeMark {
  readonly seconds: number
  /** Class of the line: `stroke-enforce`. */
  readonly stroke: string
  readonly isDashed?: boolean
}

interface TokenAgeBarsProps {
  readonly ages: TokenAges
  /** What is older stands out. */
  readonly limitSeconds: number | null
  readonly marks?: readonly TokenAgeMark[]
}

const HEIGHT = 56

const isBeyond = (uptoSeconds: number | null, limitSeconds: number | null): boolean =>
  limitSeconds !== null && (uptoSeconds === null || uptoSeconds > limitSeconds)

const toEdgeWords = (uptoSeconds: number | null): string =>
  uptoSeconds === null ? 'more than a day' : `up to ${toDuration(uptoSeconds)}`

/** Square roots keep a bar of one request in a thousand visible. */
const barHeight = (count: number, max: number): number =>
  count === 0 || max === 0 ? 1 : Math.max(4, Math.sqrt(count / max) * HEIGHT)

/** A bar for each bucket of the ages, and a line where a lifetime or a limit cuts through them. */
export function TokenAgeBars({ ages, limitSeconds, marks = [] }: TokenAgeBarsProps) {
  const max = Math.max(0, ...ages.map(({ count }) => count))
  const step = 100 / Math.max(1, ages.length)
  return (
    <svg aria-hidden width="100%" height={HEIGHT} className="block overflow-visible">
      {ages.map(({ uptoSeconds, count }, index) => (
        <rect
          key={uptoSeconds ?? 'older'}
          x={`${String(index * step)}%`}
          width={`${String(step * 0.86)}%`}
          y={HEIGHT - barHeight(count, max)}
          height={barHeight(count, max)}
          className={
            count === 0
              ? 'fill-line-strong'
              : isBeyond(uptoSeconds, limitSeconds)
                ? 'fill-log-only-fill'
                : 'fill-allowed-fill'
          }
        >
          <title>{`${toEdgeWords(uptoSeconds)}: ${toCount(count)}`}</title>
        </rect>
      ))}
      {marks.map(({ seconds, stroke, isDashed = false }) => (
        <line
          key={`${stroke} ${String(seconds)}`}
          x1={`${String(toTokenAgePosition(ages, seconds))}%`}
          x2={`${String(toTokenAgePosition(ages, seconds))}%`}
          y1={-4}
          y2={HEIGHT}
          strokeWidth={2}
          strokeDasharray={isDashed ? '3 3' : undefined}
          className={stroke}
        />
      ))}
    </svg>
  )
}

const TICKS = [
  { seconds: 5, label: '5 s' },
  { seconds: 60, label: '1 min' },
  { seconds: 900, label: '15 min' },
  { seconds: 3_600, label: '1 h' },
  { seconds: 86_400, label: '1 day' },
] as const

/** Ages where their buckets end. */
export const TokenAgeAxis = ({ ages }: { readonly ages: TokenAges }) => (
  <svg aria-hidden width="100%" height={14} className="block overflow-visible">
    {TICKS.map(({ seconds, label }) => (
      <text
        key={seconds}
        x={`${String(toTokenAgePosition(ages, seconds))}%`}
        y={11}
        textAnchor="middle"
        className="fill-faint text-xs"
      >
        {label}
      </text>
    ))}
  </svg>
)
