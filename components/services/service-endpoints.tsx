'use client'
import { Plus, Waypoints } from 'lucide-react'
import dynamic from 'next/dynamic'
import { useState } from 'react'
import { EndpointsTable } from '../endpoints/endpoints-table.tsx'
import { useEnvironmentPath } from '../shell/environment-context.tsx'
import { useRoleGate } from '../shell/session-context.tsx'
import { Button, ButtonLink } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { SdkSnippet } from './sdk-snippet.tsx'

const EndpointDialog = dynamic(async () => (await import('../endpoints/endpoint-dialog.tsx')).EndpointDialog, {
  ssr: false,
})

function NoEndpoints({ service, onDeclare }: { readonly service: string; readonly onDeclare: () => void }) {
  const toPath = useEnvironmentPath()
  const gate = useRoleGate('operator')
  return (
    <>
      <EmptyState
        icon={Waypoints}
        title="No endpoint is known yet"
        action={
          <>
            <ButtonLink href={toPath(`/services/${service}/identity`)} variant="primary">
              Credentials
            </ButtonLink>
            <ButtonLink href={toPath(`/services/${service}/import`)}>Import OpenAPI</ButtonLink>
            <Button icon={Plus} onClick={onDeclare} {...gate}>
              Declare endpoint
            </Button>
          </>
        }
      >
        Give the service a credential and add these lines: its endpoints appear as they are registered.
      </EmptyState>
      <div className="mx-auto max-w-xl px-4 pb-8">
        <SdkSnippet />
      </div>
    </>
  )
}

/** The endpoints of one service. */
export function ServiceEndpoints({ service }: { readonly service: string }) {
  const [isOpen, setOpen] = useState(false)
  const declare = () => {
    setOpen(true)
  }
  return (
    <>
      <EndpointsTable service={service} empty={<NoEndpoints service={service} onDeclare={declare} />} />
      {isOpen && (
        <EndpointDialog
          service={service}
          onClose={() => {
            setOpen(false)
          }}
        />
      )}
    </>
  )
}
