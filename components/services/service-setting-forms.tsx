'use client'
import { useMutation } from '@tanstack/react-query'
import type { ServicePosture } from '#lib/client/object-types.ts'
import { updateService, updateServiceSetting } from '#lib/client/services.ts'
import { ServiceSettingUpdate, ServiceUpdate } from '#lib/contract/catalog.ts'
import { SaveButton } from '../forms/save-button.tsx'
import { useContractSubmit } from '../forms/use-contract-submit.ts'
import { usePinned } from '../forms/use-pinned.ts'
import { WriteProblem } from '../forms/write-problem.tsx'
import { useEnvironment } from '../shell/environment-context.tsx'
import { useRoleGate } from '../shell/session-context.tsx'
import { Button } from '../ui/button.tsx'
import { useContractForm } from '../ui/contract-form.ts'
import { TextareaField, TextField } from '../ui/field.tsx'
import { ModePicker } from '../ui/mode-picker.tsx'
import { Panel } from '../ui/panel.tsx'
import { toast } from '../ui/toast.ts'
import { useUnsaved } from '../ui/unsaved.ts'

interface FormProps {
  readonly service: ServicePosture
  readonly onReload: () => void
}

export function DetailsForm({ service: current, onReload }: FormProps) {
  const [service, setService] = usePinned(current)
  const gate = useRoleGate('operator')
  const save = useMutation(updateService)
  const form = useContractForm(ServiceUpdate, {
    name: service.name,
    team: service.team,
    description: service.description,
  })
  const { errors, isDirty } = form.formState
  useUnsaved(isDirty && `what you changed of the details of ${service.name}`)
  const { submit, problem, isPending } = useContractSubmit(
    form,
    (body) => save.mutateAsync({ params: { service: service.slug }, ifMatch: service.version, body }),
    (saved) => {
      setService({ ...current, ...saved })
      form.reset({ name: saved.name, team: saved.team, description: saved.description })
      toast.success('The details are saved')
    },
  )
  return (
    <Panel id="details" title="Details" description="The same in every environment">
      <form noValidate onSubmit={submit} className="flex max-w-xl flex-col gap-4">
        <TextField label="Name" required error={errors.name?.message} {...form.register('name')} />
        <TextField label="Team" optional error={errors.team?.message} {...form.register('team')} />
        <TextareaField
          label="Description"
          optional
          rows={3}
          error={errors.description?.message}
          {...form.register('description')}
        />
        <WriteProblem problem={problem} onReload={onReload} />
        <SaveButton pending={isPending} isDirty={isDirty} {...gate} />
      </form>
    </Panel>
  )
}

export function UndeclaredRoutesForm({ service: current, onReload }: FormProps) {
  const [service, setService] = usePinned(current)
  const environment = useEnvironment()
  const gate = useRoleGate('operator')
  const save = useMutation(updateServiceSetting)
  const form = useContractForm(ServiceSettingUpdate, { undeclaredMode: service.undeclaredMode })
  const { submit, problem, isPending } = useContractSubmit(
    form,
    (body) =>
      save.mutateAsync({ params: { environment, service: service.slug }, ifMatch: service.settingsVersion, body }),
    (saved) => {
      setService(saved)
      form.reset({ undeclaredMode: saved.undeclaredMode })
      toast.success('The mode of undeclared routes is published')
    },
  )
  const mode = form.watch('undeclaredMode')
  return (
    <Panel
      id="undeclared"
      title="Undeclared routes"
      description="What the service does with a route that no endpoint covers, in this environment"
    >
      <form noValidate onSubmit={submit} className="flex max-w-3xl flex-col gap-4">
        <ModePicker
          legend="Mode of undeclared routes"
          value={mode}
          onChange={(undeclaredMode) => {
            form.setValue('undeclaredMode', undeclaredMode, { shouldDirty: true })
          }}
        />
        {mode === 'enforce' && service.undeclaredMode !== 'enforce' && (
          <p role="note" className="rounded-lg bg-log-only-tint px-3 py-2 text-log-only">
            Requests for routes that are not among its endpoints are refused. New routes are reported when an instance
            starts; until then they are refused too.
          </p>
        )}
        <WriteProblem problem={problem} onReload={onReload} />
        <Button
          type="submit"
          variant="primary"
          className="self-start"
          pending={isPending}
          {...(gate.disabledReason !== undefined
            ? gate
            : mode === service.undeclaredMode
              ? { disabledReason: 'This is the published mode' }
              : {})}
        >
          Publish
        </Button>
      </form>
    </Panel>
  )
}
