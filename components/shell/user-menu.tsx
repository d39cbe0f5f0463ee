'use client'
import { ChevronsUpDown, KeyRound, LogOut, Monitor, Moon, Sun } from 'lucide-react'
import { useState } from 'react'
import { Menu, MenuItem, MenuLabel, MenuSeparator } from '@/components/ui/menu.tsx'
import { useEnvironmentPath } from './environment-context.tsx'
import { useSession } from './session-context.tsx'
import { signOut } from './sign-out.ts'
import { applyTheme, readTheme, type Theme } from './theme.ts'

const initials = (name: string): string =>
  name
    .split(/[\s@.]+/u)
    .filter(Boolean)
    .slice(0, 2)
    .map((word) => word[0]?.toUpperCase() ?? '')
    .join('')

export function UserMenu() {
  const { account, role } = useSession()
  const toPath = useEnvironmentPath()
  const [theme, setTheme] = useState<Theme>('system')
  const choose = (next: Theme) => () => {
    applyTheme(next)
    setTheme(next)
  }
  return (
    <Menu
      align="start"
      className="w-56"
      trigger={
        <button
          type="button"
          onPointerEnter={() => {
            setTheme(readTheme())
          }}
          onFocus={() => {
            setTheme(readTheme())
          }}
          className="flex h-10 w-full min-w-0 items-center gap-2.5 rounded-md px-2 text-left hover:bg-hover"
        >
          <span
            aria-hidden
            className="inline-flex size-6 shrink-0 items-center justify-center rounded-full bg-selected text-[0.6875rem] font-medium"
          >
            {initials(account.name)}
          </span>
          <span className="min-w-0 flex-1 leading-4">
            <span className="block truncate font-medium">{account.name}</span>
            <span className="block truncate text-xs text-muted capitalize">{role}</span>
          </span>
          <ChevronsUpDown aria-hidden className="size-3.5 shrink-0 text-faint" />
        </button>
      }
    >
      <MenuLabel>{account.email}</MenuLabel>
      <MenuItem icon={KeyRound} href={toPath('/settings/account')}>
        Account and sessions
      </MenuItem>
      <MenuSeparator />
      <MenuItem icon={Monitor} checked={theme === 'system'} onSelect={choose('system')}>
        Theme of the system
      </MenuItem>
      <MenuItem icon={Sun} checked={theme === 'light'} onSelect={choose('light')}>
        Light
      </MenuItem>
      <MenuItem icon={Moon} checked={theme === 'dark'} onSelect={choose('dark')}>
        Dark
      </MenuItem>
      <MenuSeparator />
      <MenuItem icon={LogOut} onSelect={signOut}>
        Sign out
      </MenuItem>
    </Menu>
  )
}
