'use client'
import { Link } from './link.tsx'
import { usePathname } from 'next/navigation'
import { useEffect, useRef, type ReactNode } from 'react'
import { classNames } from './class-names.ts'

export interface TabLink {
  readonly href: string
  readonly label: ReactNode
  readonly count?: number | undefined
}

interface TabLinksProps {
  readonly label: string
  readonly tabs: readonly TabLink[]
}

/** Parts of one object, each with an address of its own. */
export function TabLinks({ label, tabs }: TabLinksProps) {
  const pathname = usePathname()
  const current = useRef<HTMLAnchorElement>(null)
  useEffect(() => {
    current.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [pathname])
  return (
    <nav aria-label={label} className="scroll-thin mb-4 flex gap-1 overflow-x-auto border-b border-line">
      {tabs.map(({ href, label: name, count }) => {
        const isCurrent = pathname === href
        return (
          <Link
            key={href}
            href={href}
            ref={isCurrent ? current : undefined}
            aria-current={isCurrent ? 'page' : undefined}
            className={classNames(
              '-mb-px inline-flex h-9 items-center gap-1.5 border-b-2 px-2 whitespace-nowrap transition-colors',
              isCurrent ? 'border-text font-medium text-text' : 'border-transparent text-muted hover:text-text',
            )}
          >
            {name}
            {count !== undefined && (
              <span className="rounded-sm bg-sunken px-1 text-xs text-muted tabular-nums">{count}</span>
            )}
          </Link>
        )
      })}
    </nav>
  )
}
