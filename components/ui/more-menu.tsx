'use client'
import { Ellipsis } from 'lucide-react'
import type { ReactNode } from 'react'
import { buttonClass } from './button.tsx'
import { Menu } from './menu.tsx'

/** What is done to an object now and then. */
export const MoreMenu = ({ label, children }: { readonly label: string; readonly children: ReactNode }) => (
  <Menu
    trigger={
      <button type="button" aria-label={label} title={label} className={buttonClass('secondary', 'md', 'w-8 px-0!')}>
        <Ellipsis aria-hidden className="size-4" />
      </button>
    }
  >
    {children}
  </Menu>
)
