'use client'
import { useMutation } from '@tanstack/react-query'
import { acceptDevice } from '#lib/client/devices.ts'
import { DeviceAccept } from '#lib/contract/catalog.ts'
import { FormDialog } from '../forms/form-dialog.tsx'
import { useContractSubmit } from '../forms/use-contract-submit.ts'
import { useEnvironment } from '../shell/environment-context.tsx'
import { useContractForm } from '../ui/contract-form.ts'
import { TextField } from '../ui/field.tsx'
import { toast } from '../ui/toast.ts'

interface AcceptDeviceDialogProps {
  readonly caller: string
  readonly onClose: () => void
}

export function AcceptDeviceDialog({ caller, onClose }: AcceptDeviceDialogProps) {
  const environment = useEnvironment()
  const accept = useMutation(acceptDevice)
  const form = useContractForm(DeviceAccept, { caller, device: '', note: '' })
  const { errors } = form.formState
  const { submit, problem, isPending } = useContractSubmit(
    form,
    (body) => accept.mutateAsync({ params: { environment }, body }),
    ({ device }) => {
      toast.success(`${caller} may use ${device}`)
      onClose()
    },
  )
  return (
    <FormDialog
      title="Accept a device"
      description={`For ${caller}, at every endpoint of this environment whose rule asks for a known device.`}
      submitLabel="Accept"
      isPending={isPending}
      problem={problem}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        label="Device"
        required
        className="font-mono"
        placeholder="instance:…"
        hint="As a denied decision shows it. key:… cannot be copied with a request; instance:… and fp:… can."
        error={errors.device?.message}
        {...form.register('device')}
      />
      <TextField
        label="What it is"
        optional
        placeholder="Build server in Zürich"
        error={errors.note?.message}
        {...form.register('note')}
      />
    </FormDialog>
  )
}
