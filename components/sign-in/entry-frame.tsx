import type { ReactNode } from 'react'
import { BrandMark } from '@/components/shell/brand.tsx'

/** What surrounds the pages that need no session. */
export const EntryFrame = ({ title, children }: { readonly title: string; readonly children: ReactNode }) => (
  <main className="mx-auto flex min-h-dvh w-full max-w-sm flex-col justify-center px-4 py-12">
    <BrandMark className="mb-6 size-9" />
    <h1 className="mb-4 text-xl font-semibold tracking-tight">{title}</h1>
    {children}
  </main>
)
