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

export const TokenAgeAxis = () => (
  <div className="flex justify-between text-xs text-faint" aria-hidden>
    <span>5 s</span>
    <span>1 min</span>
    <span>15 min</span>
    <span>1 h</span>
    <span>1 day</span>
  </div>
)
