import { useId } from 'react'
import { HatchPattern } from '@/components/ui/proportion-bar.tsx'
import { gapFill, GapPattern } from './gap-pattern.tsx'
import type { GapKind } from './series-gaps.ts'
import type { SeriesStyle } from './series-styles.ts'

/** A sample of a series' fill. */
export function Swatch({ style: { fill, isHatched } }: { readonly style: Pick<SeriesStyle, 'fill' | 'isHatched'> }) {
  const id = useId()
  return (
    <svg aria-hidden width="10" height="10" className="shrink-0 rounded-[2px]">
      {isHatched && <HatchPattern id={id} />}
      <rect width="10" height="10" fill={isHatched ? `url(#${id})` : fill} />
    </svg>
  )
}

export function GapSwatch({ kind }: { readonly kind: GapKind }) {
  const id = useId()
  return (
    <svg aria-hidden width="10" height="10" className="shrink-0 rounded-[2px]">
      <GapPattern id={id} />
      <rect width="10" height="10" fill={gapFill(kind, id)} className="stroke-line-strong" />
    </svg>
  )
}

export const PartSwatch = () => (
  <svg aria-hidden width="10" height="10" className="shrink-0">
    <rect x="0.5" y="0.5" width="9" height="9" strokeDasharray="2 2" className="fill-transparent stroke-control" />
  </svg>
)
