'use client'
import { CircleHelp, Menu as MenuIcon, Search } from 'lucide-react'
import { useState } from 'react'
import { IconButton } from '@/components/ui/button.tsx'
import { Sheet } from '@/components/ui/dialog.tsx'
import { EnvironmentMenu } from './environment-menu.tsx'
import { NavigationList } from './navigation-list.tsx'
import type { Environments } from './environments.ts'
import { UserMenu } from './user-menu.tsx'

interface TopBarProps {
  readonly environments: Environments
  readonly onPalette: () => void
  readonly onHelp: () => void
}

export const TopBar = ({ environments, onPalette, onHelp }: TopBarProps) => (
  <header className="sticky top-0 z-20 flex h-12 items-center gap-2 border-b border-line bg-canvas px-4 sm:px-6">
    <NarrowNavigation environments={environments} />
    <button
      type="button"
      onClick={onPalette}
      aria-keyshortcuts="/ Control+K Meta+K"
      className="inline-flex h-8 min-w-0 flex-1 items-center gap-2 rounded-md border border-line-strong bg-sidebar px-2.5 text-left text-muted hover:border-control sm:max-w-96"
    >
      <Search aria-hidden className="size-4 shrink-0 text-faint" strokeWidth={1.75} />
      <span className="flex-1 truncate">Search or jump to…</span>
      <kbd className="hidden text-xs text-faint sm:inline">/</kbd>
    </button>
    <div className="ml-auto flex items-center gap-1">
      <IconButton icon={CircleHelp} label="Keyboard shortcuts" shortcut="?" onClick={onHelp} />
    </div>
  </header>
)

function NarrowNavigation({ environments }: { readonly environments: Environments }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <div className="-ml-2 flex min-w-0 items-center lg:hidden">
      <IconButton
        icon={MenuIcon}
        label="Navigation"
        onClick={() => {
          setOpen(true)
        }}
      />
      <Sheet open={isOpen} onOpenChange={setOpen} side="left" size="sm" title="Stepgate" flush>
        <div className="flex h-full flex-col">
          <div className="border-b border-line p-2">
            <EnvironmentMenu environments={environments} />
          </div>
          <NavigationList
            onNavigate={() => {
              setOpen(false)
            }}
          />
          <div className="border-t border-line p-2">
            <UserMenu />
          </div>
        </div>
      </Sheet>
    </div>
  )
}
