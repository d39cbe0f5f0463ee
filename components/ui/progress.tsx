interface ProgressProps {
  readonly label: string
  readonly value: number
  readonly max: number
}

/** Drawn with SVG: its widths are attributes, which a strict content security policy allows. */
export const Progress = ({ label, value, max }: ProgressProps) => (
  <span
    role="progressbar"
    aria-label={label}
    aria-valuenow={value}
    aria-valuemin={0}
    aria-valuemax={max}
    className="block h-1.5 overflow-hidden rounded-full bg-sunken"
  >
    <svg aria-hidden width="100%" height="6" className="block">
      <rect
        width={`${String(max === 0 ? 0 : Math.min(100, (value / max) * 100))}%`}
        height="6"
        className="fill-text transition-[width]"
      />
    </svg>
  </span>
)
