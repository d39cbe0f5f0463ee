import type { GapKind } from './series-gaps.ts'

/** Fine stripes without a colour of their own: nothing was counted here, nor is it known to be nothing. Use as `fill="url(#id)"`. */
export const GapPattern = ({ id }: { readonly id: string }) => (
  <defs>
    <pattern id={id} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">
      <rect width="6" height="6" className="fill-sunken" />
      <rect width="1.5" height="6" className="fill-line-strong" />
    </pattern>
  </defs>
)

export const gapFill = (kind: GapKind, patternId: string): string =>
  kind === 'silent' ? `url(#${patternId})` : 'var(--color-sunken)'
