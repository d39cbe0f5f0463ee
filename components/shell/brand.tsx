/** A gate half lowered: one step at a time. */
export const BrandMark = ({ className = 'size-5' }: { readonly className?: string }) => (
  <svg aria-hidden viewBox="0 0 20 20" className={className}>
    <rect x="1" y="1" width="18" height="18" rx="4.5" className="fill-text" />
    <path
      d="M5 14.5v-2.6h3.4V9.2h3.3V6.5H15"
      fill="none"
      strokeWidth="1.9"
      strokeLinecap="round"
      strokeLinejoin="round"
      className="stroke-inverse"
    />
  </svg>
)
