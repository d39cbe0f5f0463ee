import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'

interface EmptyStateProps {
  readonly icon?: LucideIcon
  readonly title: string
  /** What to do next, in a sentence or two. */
  readonly children?: ReactNode
  readonly action?: ReactNode
}

export const EmptyState = ({ icon: Icon, title, children, action }: EmptyStateProps) => (
  <div className="flex flex-col items-center justify-center gap-1 px-6 py-12 text-center">
    {Icon && <Icon aria-hidden className="mb-2 size-6 text-faint" strokeWidth={1.5} />}
    <p className="text-base font-medium">{title}</p>
    {children !== undefined && <div className="max-w-md text-muted">{children}</div>}
    {action !== undefined && <div className="mt-3 flex gap-2">{action}</div>}
  </div>
)
