'use client'
import { useQuery } from '@tanstack/react-query'
import { MonitorSmartphone, Plus, Undo2 } from 'lucide-react'
import dynamic from 'next/dynamic'
import { useId, useState } from 'react'
import { devicesQuery } from '#lib/client/devices.ts'
import type { Device } from '#lib/client/object-types.ts'
import { useEnvironment } from '../shell/environment-context.tsx'
import { useRoleGate } from '../shell/session-context.tsx'
import { Button } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { Panel } from '../ui/panel.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { useDeviceActions } from './use-device-actions.ts'

const AcceptDeviceDialog = dynamic(async () => (await import('./accept-device-dialog.tsx')).AcceptDeviceDialog, {
  ssr: false,
})

function DeviceItem({ device }: { readonly device: Device }) {
  const gate = useRoleGate('operator')
  const { takeBack, pendingId } = useDeviceActions()
  return (
    <li className="flex items-center gap-3 px-4 py-2">
      <span className="flex min-w-0 flex-1 flex-col">
        <code className="break-all">{device.device}</code>
        <span className="text-xs text-muted">
          {device.note !== '' && `${device.note} · `}accepted by {device.acceptedBy},{' '}
          <RelativeTime at={device.acceptedAt} />
        </span>
      </span>
      <Button
        size="sm"
        variant="ghost"
        icon={Undo2}
        aria-label={`Take ${device.device} back`}
        pending={pendingId === device.id}
        onClick={() => void takeBack(device)}
        {...gate}
      >
        Take back
      </Button>
    </li>
  )
}

interface DeviceListProps {
  readonly caller: string
  readonly title?: string
}

/** Devices that were accepted for one caller. */
export function DeviceList({ caller, title = 'Devices' }: DeviceListProps) {
  const id = useId()
  const environment = useEnvironment()
  const gate = useRoleGate('operator')
  const [isOpen, setOpen] = useState(false)
  const { data, error, refetch } = useQuery(devicesQuery(environment, caller))
  return (
    <Panel
      id={id}
      title={title}
      description="Accepted where a rule asks for a known device"
      flush
      actions={
        <Button
          size="sm"
          icon={Plus}
          onClick={() => {
            setOpen(true)
          }}
          {...gate}
        >
          Accept a device
        </Button>
      }
    >
      {data === undefined && (
        <div className="p-4">
          {error === null ? (
            <SkeletonLines lines={2} />
          ) : (
            <ProblemAlert problem={error} onRetry={() => void refetch()} />
          )}
        </div>
      )}
      {data?.items.length === 0 && (
        <EmptyState icon={MonitorSmartphone} title="No device is accepted">
          A decision that was denied for its device shows which it was, and offers to accept it.
        </EmptyState>
      )}
      {data !== undefined && data.items.length > 0 && (
        <ul className="divide-y divide-line">
          {data.items.map((device) => (
            <DeviceItem key={device.id} device={device} />
          ))}
        </ul>
      )}
      {isOpen && (
        <AcceptDeviceDialog
          caller={caller}
          onClose={() => {
            setOpen(false)
          }}
        />
      )}
    </Panel>
  )
}
