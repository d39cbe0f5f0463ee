'use client'
import { EnvironmentMenu } from './environment-menu.tsx'
import { NavigationList } from './navigation-list.tsx'
import type { Environments } from './environments.ts'
import { UserMenu } from './user-menu.tsx'

export const Sidebar = ({ environments }: { readonly environments: Environments }) => (
  <aside className="sticky top-0 hidden h-dvh flex-col border-r border-line bg-sidebar lg:flex">
    <div className="flex h-12 shrink-0 items-center border-b border-line px-2">
      <EnvironmentMenu environments={environments} />
    </div>
    <NavigationList />
    <div className="mt-auto border-t border-line p-2">
      <UserMenu />
    </div>
  </aside>
)
