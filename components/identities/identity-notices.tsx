'use client'
import { useQuery } from '@tanstack/react-query'
import { Ban, TriangleAlert } from 'lucide-react'
import { sharedCredentialsQuery } from '#lib/client/findings.ts'
import type { IdentityPosture } from '#lib/client/object-types.ts'
import { SharingBadge, SharingEvidence } from '../findings/sharing-evidence.tsx'
import { useEnvironment } from '../shell/environment-context.tsx'
import { Panel } from '../ui/panel.tsx'
import { toPlural } from '../ui/words.ts'

/** How likely it is that programs share a credential, and what speaks for it. */
function SharingNotice({ identity: { clientId, workloads } }: { readonly identity: IdentityPosture }) {
  const { data } = useQuery(sharedCredentialsQuery(useEnvironment(), clientId))
  return (
    <>
      <p role="note" className="flex gap-2 rounded-lg bg-log-only-tint px-3 py-2 text-log-only">
        <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
        <span>
          {toPlural(workloads.length, 'workload')} use its credential: {workloads.join(', ')}. Where they are programs
          of their own, give each an identity, so that one can be denied without the others.
        </span>
      </p>
      {data?.items.map((shared) => (
        <Panel
          key={shared.credentialId}
          id={`shared-${shared.credentialId}`}
          title="Is it shared?"
          description={`Who used ${shared.credentialName} in the last 24 hours, and since when`}
          actions={<SharingBadge probability={shared.probability} />}
        >
          <SharingEvidence shared={shared} />
        </Panel>
      ))}
    </>
  )
}

/** What is wrong with an identity, in sentences. */
export const IdentityNotices = ({ identity }: { readonly identity: IdentityPosture }) => (
  <div className="flex flex-col gap-2 empty:hidden">
    {identity.disabled && (
      <p role="note" className="flex gap-2 rounded-lg bg-denied-tint px-3 py-2 text-denied">
        <Ban aria-hidden className="mt-0.5 size-4 shrink-0" />
        Disabled in this environment: it gets no token, and services deny those it still has.
      </p>
    )}
    {identity.sharedCredential && <SharingNotice identity={identity} />}
  </div>
)
