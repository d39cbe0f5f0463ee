'use client'
import { usePathname } from 'next/navigation'
import { useEffect, useState } from 'react'
import { classNames } from '@/components/ui/class-names.ts'
import { Link } from '@/components/ui/link.tsx'
import { whenIdle } from '@/components/ui/when-idle.ts'
import { useEnvironmentPath } from './environment-context.tsx'
import { NAVIGATION } from './navigation.ts'

/** Every section is a key away, so all of them are fetched, but only when this page needs nothing any more. */
function useIdle(): boolean {
  const [isIdle, setIdle] = useState(false)
  useEffect(
    () =>
      whenIdle(() => {
        setIdle(true)
      }),
    [],
  )
  return isIdle
}

export function NavigationList({ onNavigate }: { readonly onNavigate?: () => void }) {
  const pathname = usePathname()
  const toPath = useEnvironmentPath()
  const isIdle = useIdle()
  return (
    <nav aria-label="Main" className="scroll-thin min-h-0 flex-1 overflow-y-auto p-2">
      <ul className="space-y-0.5">
        {NAVIGATION.map(({ label, path, icon: Icon, key }) => {
          const href = toPath(path)
          const isCurrent = pathname === href || pathname.startsWith(`${href}/`)
          return (
            <li key={path}>
              <Link
                href={href}
                {...(isIdle ? { prefetch: true } : {})}
                aria-current={isCurrent ? 'page' : undefined}
                {...(onNavigate === undefined ? {} : { onClick: onNavigate })}
                className={classNames(
                  'group flex h-8 items-center gap-2.5 rounded-md px-2 transition-colors',
                  isCurrent ? 'bg-selected font-medium text-text' : 'text-muted hover:bg-hover hover:text-text',
                )}
              >
                <Icon aria-hidden className="size-4 shrink-0" strokeWidth={1.75} />
                <span className="flex-1">{label}</span>
                <kbd aria-hidden className="text-xs text-faint opacity-0 group-hover:opacity-100">
                  g {key}
                </kbd>
              </Link>
            </li>
          )
        })}
      </ul>
    </nav>
  )
}
