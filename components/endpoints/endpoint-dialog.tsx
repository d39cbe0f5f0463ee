'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { Controller } from 'react-hook-form'
import { createEndpoint } from '#lib/client/endpoints.ts'
import { servicesQuery } from '#lib/client/services.ts'
import { EndpointCreate } from '#lib/contract/endpoint.ts'
import { METHODS } from '#lib/policy/vocabulary.ts'
import { FormDialog } from '../forms/form-dialog.tsx'
import { useContractSubmit } from '../forms/use-contract-submit.ts'
import { useEnvironment, useEnvironmentPath } from '../shell/environment-context.tsx'
import { Combobox } from '../ui/combobox.tsx'
import { useContractForm } from '../ui/contract-form.ts'
import { Field, SelectField, TextareaField, TextField } from '../ui/field.tsx'
import { toast } from '../ui/toast.ts'
import { useUnsaved } from '../ui/unsaved.ts'

interface EndpointDialogProps {
  /** The service it belongs to, where the page is about one. */
  readonly service?: string
  readonly onClose: () => void
}

const METHOD_OPTIONS = METHODS.map((method) => ({ value: method, label: method }))

/** Declares an endpoint that no instance has reported yet. */
export function EndpointDialog({ service, onClose }: EndpointDialogProps) {
  const environment = useEnvironment()
  const toPath = useEnvironmentPath()
  const router = useRouter()
  const services = useQuery({ ...servicesQuery(environment), enabled: service === undefined })
  const create = useMutation(createEndpoint)
  const form = useContractForm(EndpointCreate, {
    serviceSlug: service ?? '',
    method: 'GET',
    route: '',
    description: '',
    rule: null,
  })
  const { errors, isDirty } = form.formState
  useUnsaved(isDirty && 'the endpoint that is not declared yet')
  const { submit, problem, isPending } = useContractSubmit(
    form,
    (body) => create.mutateAsync({ params: { environment }, body }),
    ({ id, method, route }) => {
      toast.success(`${method} ${route} is declared`, { description: 'Its mode is off until you change it.' })
      onClose()
      router.push(toPath(`/endpoints/${id}`))
    },
  )
  return (
    <FormDialog
      title="Declare an endpoint"
      description="Endpoints of running services appear by themselves; declare one that nothing serves yet."
      submitLabel="Declare"
      isPending={isPending}
      problem={problem}
      onSubmit={submit}
      onClose={onClose}
    >
      {service === undefined && (
        <Controller
          control={form.control}
          name="serviceSlug"
          render={({ field }) => (
            <Field label="Service" error={errors.serviceSlug?.message}>
              {(control) => (
                <Combobox
                  {...control}
                  label="Service"
                  value={field.value === '' ? null : field.value}
                  onChange={field.onChange}
                  options={(services.data?.items ?? []).map(({ slug, name }) => ({
                    value: slug,
                    label: name,
                    hint: slug,
                  }))}
                />
              )}
            </Field>
          )}
        />
      )}
      <div className="grid gap-4 sm:grid-cols-[8rem_1fr]">
        <SelectField
          label="Method"
          options={METHOD_OPTIONS}
          error={errors.method?.message}
          {...form.register('method')}
        />
        <TextField
          label="Route template"
          placeholder="/orders/:orderId"
          className="font-mono"
          hint="As the framework matches it."
          error={errors.route?.message}
          {...form.register('route')}
        />
      </div>
      <TextareaField
        label="Description"
        optional
        rows={2}
        error={errors.description?.message}
        {...form.register('description')}
      />
    </FormDialog>
  )
}
