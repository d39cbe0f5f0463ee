import { useId } from 'react'

export interface Proportion {
  readonly key: string
  readonly label: string
  readonly count: number
  /** Class of the fill: `fill-enforce-fill`. */
  readonly fill: string
  readonly hatched?: boolean
}

interface ProportionBarProps {
  readonly label: string
  readonly parts: readonly Proportion[]
  readonly height?: number
}

const MINIMUM = 0.6

/** Parts of a whole in their true proportions, except that what exists never vanishes. SVG, so that no inline style is needed. */
export function ProportionBar({ label, parts, height = 12 }: ProportionBarProps) {
  const id = useId()
  const total = parts.reduce((sum, part) => sum + part.count, 0)
  const summary = parts.map((part) => `${part.label}: ${String(part.count)}`).join(', ')
  return (
    <svg
      role="img"
      aria-label={`${label}. ${summary}`}
      width="100%"
      height={height}
      className="block rounded-sm bg-sunken"
    >
      <HatchPattern id={id} />
      {toSpans(parts, total).map(({ part, from, width }) => (
        <g key={part.key}>
          <rect
            x={`${String(from)}%`}
            width={`${String(width)}%`}
            height={height}
            className={part.hatched === true ? 'fill-log-only-tint' : part.fill}
          />
          {part.hatched === true && (
            <rect x={`${String(from)}%`} width={`${String(width)}%`} height={height} fill={`url(#${id})`} />
          )}
          <rect
            x={`${String(from)}%`}
            width="1"
            height={height}
            className={from === 0 ? 'fill-transparent' : 'fill-raised'}
          />
        </g>
      ))}
    </svg>
  )
}

function toSpans(parts: readonly Proportion[], total: number) {
  if (total === 0) return []
  const widths = parts.map(({ count }) => (count === 0 ? 0 : Math.max(MINIMUM, (count / total) * 100)))
  const scale = 100 / widths.reduce((sum, width) => sum + width, 0)
  let from = 0
  return parts.flatMap((part, index) => {
    const width = (widths[index] ?? 0) * scale
    const span = { part, from, width }
    from += width
    return width === 0 ? [] : [span]
  })
}

/** Stripes of the would-be denials. Use as `fill="url(#id)"`. */
export const HatchPattern = ({ id }: { readonly id: string }) => (
  <defs>
    <pattern id={id} width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      <rect width="5" height="5" className="fill-log-only-tint" />
      <rect width="5" height="5" className="fill-log-only-fill/30" />
      <rect width="2.5" height="5" className="fill-log-only-fill" />
    </pattern>
  </defs>
)
