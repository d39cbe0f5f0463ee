'use client'
import { useQuery } from '@tanstack/react-query'
import { Users } from 'lucide-react'
import { sharedCredentialsQuery } from '#lib/client/findings.ts'
import type { SharedCredential } from '#lib/client/object-types.ts'
import { useEnvironment, useEnvironmentPath } from '../shell/environment-context.tsx'
import { ButtonLink } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { Link } from '../ui/link.tsx'
import { FindingExport } from './finding-export.tsx'
import { FindingPanel } from './finding-panel.tsx'
import { SharingBadge, SharingEvidence } from './sharing-evidence.tsx'

function SharedCredentialItem({ shared }: { readonly shared: SharedCredential }) {
  const toPath = useEnvironmentPath()
  const identityPath = toPath(`/identities/${encodeURIComponent(shared.clientId)}`)
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Link href={identityPath} className="font-medium hover:underline">
          {shared.clientId}
        </Link>
        <span className="text-muted">{shared.credentialName}</span>
        <SharingBadge probability={shared.probability} />
        <ButtonLink size="sm" href={identityPath} className="ml-auto">
          Credentials
        </ButtonLink>
      </div>
      <SharingEvidence shared={shared} />
    </div>
  )
}

/** Credentials that more than one program used in the last day, as a probability with its grounds. */
export function SharedCredentialsPage() {
  const { data, error, refetch } = useQuery(sharedCredentialsQuery(useEnvironment()))
  return (
    <FindingPanel
      id="shared-credentials"
      title="Credentials several programs used in the last 24 hours"
      description="What one program does with it cannot be told from the others, nor taken from it alone"
      actions={<FindingExport label="shared credentials" query={{ kind: 'shared-credentials' }} />}
      list={data}
      itemId={({ credentialId }) => credentialId}
      problem={error}
      onRetry={() => void refetch()}
      empty={
        <EmptyState icon={Users} title="Every credential has one program">
          A credential appears here as soon as a second program asks for a token with it. Give each program an identity
          of its own.
        </EmptyState>
      }
    >
      {(shared) => <SharedCredentialItem shared={shared} />}
    </FindingPanel>
  )
}
