'use client'
import { ChevronsUpDown, Settings } from 'lucide-react'
import { usePathname } from 'next/navigation'
import { Menu, MenuItem, MenuLabel, MenuSeparator } from '@/components/ui/menu.tsx'
import { BrandMark } from './brand.tsx'
import { toEnvironmentPath, useEnvironment } from './environment-context.tsx'
import type { Environments } from './environments.ts'

/** Parts of the console that every environment has; an object's own page may not exist in another. */
const sectionOf = (pathname: string): string => `/${pathname.split('/')[3] ?? 'overview'}`

export function EnvironmentMenu({ environments }: { readonly environments: Environments }) {
  const environment = useEnvironment()
  const section = sectionOf(usePathname())
  const current = environments.find(({ slug }) => slug === environment)
  return (
    <Menu
      align="start"
      className="w-56"
      trigger={
        <button
          type="button"
          aria-label={`Environment: ${current?.name ?? environment}`}
          className="flex h-9 w-full min-w-0 items-center gap-2.5 rounded-md px-2 text-left hover:bg-hover"
        >
          <BrandMark />
          <span className="min-w-0 flex-1 truncate font-medium">{current?.name ?? environment}</span>
          <ChevronsUpDown aria-hidden className="size-3.5 shrink-0 text-faint" />
        </button>
      }
    >
      <MenuLabel>Environments</MenuLabel>
      {environments.map(({ slug, name, revision }) => (
        <MenuItem key={slug} href={toEnvironmentPath(slug, section)} checked={slug === environment}>
          <span className="flex items-baseline justify-between gap-2">
            <span className="truncate">{name}</span>
            <span className="text-xs text-faint tabular-nums">r{revision}</span>
          </span>
        </MenuItem>
      ))}
      <MenuSeparator />
      <MenuItem icon={Settings} href={toEnvironmentPath(environment, '/settings')}>
        Settings
      </MenuItem>
    </Menu>
  )
}
