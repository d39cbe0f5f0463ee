import { toCount, toDuration } from '../ui/words.ts'
import { toTokenAgeSentence, type TokenAges } from './token-age.ts'

interface Props {
  readonly ages: TokenAges
  /** The max token age of the rule that is looked at. */
  readonly limitSeconds: number | null
}

const HEIGHT = 56

const isBeyond = (uptoSeconds: number | null, limitSeconds: number | null): boolean =>
  limitSeconds !== null && (uptoSeconds === null || uptoSeconds > limitSeconds)

const toEdgeWords = (uptoSeconds: number | null): string =>
  uptoSeconds === null ? 'more than a day' : `up to ${toDuration(uptoSeconds)}`

/** Square roots keep a bar of one request in a thousand visible. */
const barHeight = (count: number, max: number): number =>
  count === 0 || max === 0 ? 1 : Math.max(4, Math.sqrt(count / max) * HEIGHT)

function Bars({ ages, limitSeconds }: Props) {
  const max = Math.max(0, ...ages.map(({ count }) => count))
  const step = 100 / Math.max(1, ages.length)
  return (
    <svg aria-hidden width="100%" height={HEIGHT} className="block">
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
    </svg>
  )
}

/** How old tokens are when they are used, against the limit. */
export const TokenAgeHistogram = ({ ages, limitSeconds }: Props) => (
  <figure className="flex flex-col gap-1.5">
    <Bars ages={ages} limitSeconds={limitSeconds} />
    <div className="flex justify-between text-xs text-faint" aria-hidden>
      <span>5 s</span>
      <span>1 min</span>
      <span>15 min</span>
      <span>1 h</span>
      <span>1 day</span>
    </div>
    <figcaption className="text-xs text-muted">{toTokenAgeSentence(ages, limitSeconds)}</figcaption>
  </figure>
)
