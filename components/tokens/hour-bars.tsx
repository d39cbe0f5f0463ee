import { EVENT_WORDS, type TokenActivity } from './token-words.ts'

const HEIGHT = 48
const GAP = 2
const BAR = 10

type Event = TokenActivity['series'][number]['event']

const ISSUED: readonly Event[] = ['issued', 'revoked']
const REFUSED: readonly Event[] = ['refused', 'reused', 'replayed']

/** Tokens by the hour: what was issued, and above it what was refused. A bar that is there at all can be seen. */
export function HourBars({ activity: { hours, series } }: { readonly activity: TokenActivity }) {
  const totals = hours.map((_, index) => {
    const sum = (events: readonly Event[]) =>
      series
        .filter(({ event }) => events.includes(event))
        .reduce((total, { counts }) => total + (counts[index] ?? 0), 0)
    return { issued: sum(ISSUED), refused: sum(REFUSED) }
  })
  const most = Math.max(1, ...totals.map(({ issued, refused }) => issued + refused))
  const toHeight = (count: number) => (count === 0 ? 0 : Math.max(2, (count / most) * HEIGHT))
  const width = hours.length * (BAR + GAP)
  return (
    <svg
      role="img"
      aria-label={`Tokens by the hour, at most ${String(most)} an hour; the table below counts them.`}
      viewBox={`0 0 ${String(width)} ${String(HEIGHT)}`}
      preserveAspectRatio="none"
      className="h-12 w-full"
    >
      {totals.map(({ issued, refused }, index) => {
        const [below, above] = [toHeight(issued), toHeight(refused)]
        const x = index * (BAR + GAP)
        return (
          <g key={hours[index]}>
            <rect x={x} y={HEIGHT - 1} width={BAR} height={1} className="fill-line" />
            <rect x={x} y={HEIGHT - below} width={BAR} height={below} className="fill-enforce" />
            <rect x={x} y={Math.max(0, HEIGHT - below - above)} width={BAR} height={above} className="fill-denied" />
          </g>
        )
      })}
    </svg>
  )
}

/** What the colours of the bars mean. */
export const HourLegend = () => (
  <p className="flex gap-4 text-xs text-muted">
    <span className="inline-flex items-center gap-1.5">
      <svg aria-hidden className="size-2.5 fill-enforce">
        <rect width="10" height="10" rx="2" />
      </svg>
      {EVENT_WORDS.issued.label}
    </span>
    <span className="inline-flex items-center gap-1.5">
      <svg aria-hidden className="size-2.5 fill-denied">
        <rect width="10" height="10" rx="2" />
      </svg>
      {EVENT_WORDS.refused.label}
    </span>
    <span className="ml-auto">last 24 hours</span>
  </p>
)
