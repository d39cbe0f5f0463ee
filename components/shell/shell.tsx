'use client'
import dynamic from 'next/dynamic'
import { useCallback, useEffect, useState, type ReactNode } from 'react'
import { useEnvironment } from './environment-context.tsx'
import { rememberEnvironment } from './last-environment.ts'
import { SessionProvider, type CurrentSession } from './session-context.tsx'
import type { Environments } from './environments.ts'
import { LeaveDialog } from './leave-dialog.tsx'
import { Sidebar } from './sidebar.tsx'
import { TopBar } from './top-bar.tsx'
import { useShortcuts } from './use-shortcuts.ts'

const CommandPalette = dynamic(() => import('./command-palette.tsx').then((module) => module.CommandPalette), {
  ssr: false,
})
const ShortcutHelp = dynamic(() => import('./shortcut-help.tsx').then((module) => module.ShortcutHelp), { ssr: false })

interface ShellProps {
  readonly session: CurrentSession
  readonly environments: Environments
  readonly children: ReactNode
}

type Overlay = 'palette' | 'help' | null

/** What surrounds every page of an environment. */
export function Shell({ session, environments, children }: ShellProps) {
  const environment = useEnvironment()
  const [overlay, setOverlay] = useState<Overlay>(null)
  const onPalette = useCallback(() => {
    setOverlay('palette')
  }, [])
  const onHelp = useCallback(() => {
    setOverlay('help')
  }, [])
  const onClose = useCallback(() => {
    setOverlay(null)
  }, [])
  useShortcuts({ onPalette, onHelp })
  useEffect(() => {
    rememberEnvironment(environment)
  }, [environment])
  return (
    <SessionProvider initial={session}>
      <a
        href="#content"
        className="fixed top-2 left-2 z-50 -translate-y-16 rounded-md bg-text px-3 py-2 text-inverse focus:translate-y-0"
      >
        Skip to content
      </a>
      <div className="lg:grid lg:grid-cols-[14rem_minmax(0,1fr)]">
        <Sidebar environments={environments} />
        <div className="min-w-0">
          <TopBar environments={environments} onPalette={onPalette} onHelp={onHelp} />
          <main id="content" tabIndex={-1} className="mx-auto w-full max-w-[96rem] px-4 py-6 outline-none sm:px-6">
            {children}
          </main>
        </div>
      </div>
      <LeaveDialog />
      {overlay === 'palette' && <CommandPalette environments={environments} onClose={onClose} onHelp={onHelp} />}
      {overlay === 'help' && <ShortcutHelp onClose={onClose} />}
    </SessionProvider>
  )
}
