import { Link } from './link.tsx'
import type { ReactNode } from 'react'

interface PageHeaderProps {
  readonly title: ReactNode
  readonly description?: ReactNode
  /** Where this page hangs: label and path. */
  readonly parent?: { readonly label: string; readonly href: string }
  readonly actions?: ReactNode
}

export const PageHeader = ({ title, description, parent, actions }: PageHeaderProps) => (
  <header className="mb-4 flex flex-wrap items-start gap-x-4 gap-y-2">
    <div className="min-w-[min(100%,14rem)] flex-1">
      {parent !== undefined && (
        <Link href={parent.href} className="mb-0.5 inline-flex h-6 items-center text-xs text-muted hover:text-text">
          {parent.label} /
        </Link>
      )}
      <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
      {description !== undefined && <div className="mt-0.5 text-muted">{description}</div>}
    </div>
    {actions !== undefined && <div className="flex flex-wrap items-center gap-2 max-sm:w-full">{actions}</div>}
  </header>
)
