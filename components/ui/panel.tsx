import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'

interface PanelProps {
  readonly title: ReactNode
  readonly description?: ReactNode
  readonly actions?: ReactNode
  /** Without padding, for tables and lists that reach the edges. */
  readonly flush?: boolean
  readonly id?: string
  readonly className?: string
  readonly children: ReactNode
}

/** A titled part of a page. */
export const Panel = ({ title, description, actions, flush = false, id, className, children }: PanelProps) => (
  <section aria-labelledby={id} className={classNames('min-w-0 rounded-lg border border-line bg-raised', className)}>
    <header className="flex min-h-11 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-1.5">
      <div className="min-w-[min(100%,11rem)] flex-1">
        <h2 id={id} className="text-sm font-medium">
          {title}
        </h2>
        {description !== undefined && <p className="text-xs text-muted">{description}</p>}
      </div>
      {actions}
    </header>
    <div className={flush ? '' : 'p-4'}>{children}</div>
  </section>
)
