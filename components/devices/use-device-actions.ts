'use client'
import { useMutation } from '@tanstack/react-query'
import { acceptDevice, removeDevice } from '#lib/client/devices.ts'
import type { Device } from '#lib/client/object-types.ts'
import { useEnvironment } from '../shell/environment-context.tsx'
import { complain, toast, UNDO_OFFERED_MS } from '../ui/toast.ts'

/** Accepts a device in one step, and takes it back with an undo. */
export function useDeviceActions() {
  const environment = useEnvironment()
  const create = useMutation(acceptDevice)
  const remove = useMutation(removeDevice)
  const accept = ({ caller, device, note = '' }: Pick<Device, 'caller' | 'device'> & { readonly note?: string }) =>
    create
      .mutateAsync({ params: { environment }, body: { caller, device, note } })
      .then(
        () => toast.success(`${caller} may use ${device}`, { description: 'Instances confirm it in seconds.' }),
        complain,
      )
  const takeBack = (device: Device) =>
    remove.mutateAsync({ params: { environment, id: device.id } }).then(
      () =>
        toast.success(`${device.device} is not accepted any more`, {
          description: 'Where a rule asks for a known device, requests from it are refused.',
          duration: UNDO_OFFERED_MS,
          action: { label: 'Undo', onClick: () => void accept(device) },
        }),
      complain,
    )
  return {
    accept,
    isAccepting: create.isPending,
    isAccepted: create.isSuccess,
    takeBack,
    pendingId: remove.isPending ? remove.variables.params.id : null,
  }
}
