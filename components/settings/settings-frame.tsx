'use client'
import type { ReactNode } from 'react'
import { useEnvironmentPath } from '../shell/environment-context.tsx'
import { PageHeader } from '../ui/page-header.tsx'
import { TabLinks } from '../ui/tab-links.tsx'

/** What surrounds every part of the settings. */
export function SettingsFrame({ children }: { readonly children: ReactNode }) {
  const toPath = useEnvironmentPath()
  const base = toPath('/settings')
  return (
    <>
      <PageHeader title="Settings" />
      <TabLinks
        label="Parts of the settings"
        tabs={[
          { href: base, label: 'Environment' },
          { href: `${base}/issuers`, label: 'Trusted issuers' },
          { href: `${base}/keys`, label: 'Signing keys' },
          { href: `${base}/revisions`, label: 'Revisions' },
          { href: `${base}/environments`, label: 'Environments' },
          { href: `${base}/people`, label: 'People' },
          { href: `${base}/api-tokens`, label: 'API tokens' },
          { href: `${base}/account`, label: 'Your account' },
        ]}
      />
      {children}
    </>
  )
}
