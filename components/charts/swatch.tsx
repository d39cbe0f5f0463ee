import { useId } from 'react'
import { HatchPattern } from '@/components/ui/proportion-bar.tsx'
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
