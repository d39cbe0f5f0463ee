import { LoaderCircle } from 'lucide-react'

export const Spinner = ({ label }: { readonly label?: string }) => (
  <span role={label === undefined ? undefined : 'status'} className="inline-flex items-center gap-2 text-muted">
    <LoaderCircle aria-hidden className="size-4 animate-spin" />
    {label}
  </span>
)
