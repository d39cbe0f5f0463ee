'use client'
import type { ReactNode } from 'react'
import { useEnvironmentPath } from '../shell/environment-context.tsx'
import { PageHeader } from '../ui/page-header.tsx'
import { TabLinks } from '../ui/tab-links.tsx'

/** What surrounds every list of findings. */
export function FindingsFrame({ children }: { readonly children: ReactNode }) {
  const base = useEnvironmentPath()('/findings')
  return (
    <>
      <PageHeader title="Findings" description="What the recorded decisions advise to tighten next" />
      <TabLinks
        label="Kinds of findings"
        tabs={[
          { href: base, label: 'Lifetimes' },
          { href: `${base}/least-privilege`, label: 'Least privilege' },
          { href: `${base}/stalled`, label: 'Stalled and silent' },
          { href: `${base}/shared-credentials`, label: 'Shared credentials' },
        ]}
      />
      {children}
    </>
  )
}
