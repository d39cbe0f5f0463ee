'use client'
import { Plus, Waypoints } from 'lucide-react'
import dynamic from 'next/dynamic'
import { useMemo, useState } from 'react'
import { useCommands } from '../shell/commands.ts'
import { useEnvironmentPath } from '../shell/environment-context.tsx'
import { useRoleGate } from '../shell/session-context.tsx'
import { Button, ButtonLink } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { PageHeader } from '../ui/page-header.tsx'
import { EndpointsTable } from './endpoints-table.tsx'

const EndpointDialog = dynamic(async () => (await import('./endpoint-dialog.tsx')).EndpointDialog, { ssr: false })

const NoEndpoints = ({ servicesPath }: { readonly servicesPath: string }) => (
  <EmptyState
    icon={Waypoints}
    title="No endpoint is known yet"
    action={<ButtonLink href={servicesPath}>Services</ButtonLink>}
  >
    Endpoints appear by themselves as soon as a service starts with the SDK. They can also be imported from an OpenAPI
    document on the page of a service.
  </EmptyState>
)

/** Endpoints across the fleet. */
export function EndpointsPage() {
  const toPath = useEnvironmentPath()
  const gate = useRoleGate('operator')
  const [isOpen, setOpen] = useState(false)
  useCommands(
    useMemo(
      () => [
        {
          id: 'declare-endpoint',
          title: 'Declare an endpoint',
          icon: Plus,
          shortcut: 'c',
          ...(gate.disabledReason === undefined ? {} : { disabledReason: gate.disabledReason }),
          run: () => {
            setOpen(true)
          },
        },
      ],
      [gate.disabledReason],
    ),
  )
  return (
    <>
      <PageHeader
        title="Endpoints"
        actions={
          <Button
            icon={Plus}
            onClick={() => {
              setOpen(true)
            }}
            {...gate}
          >
            Declare endpoint
          </Button>
        }
      />
      <EndpointsTable empty={<NoEndpoints servicesPath={toPath('/services')} />} />
      {isOpen && (
        <EndpointDialog
          onClose={() => {
            setOpen(false)
          }}
        />
      )}
    </>
  )
}
