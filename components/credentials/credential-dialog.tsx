'use client'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { createCredential } from '#lib/client/credentials.ts'
import type { CredentialIssued } from '#lib/client/object-types.ts'
import { CredentialCreate } from '#lib/contract/catalog.ts'
import { FormDialog } from '../forms/form-dialog.tsx'
import { remindToKeep } from '../forms/remind-to-keep.ts'
import { useContractSubmit } from '../forms/use-contract-submit.ts'
import { SdkSnippet } from '../services/sdk-snippet.tsx'
import { useEnvironment } from '../shell/environment-context.tsx'
import { Button } from '../ui/button.tsx'
import { CodeBlock } from '../ui/code-block.tsx'
import { useContractForm } from '../ui/contract-form.ts'
import { Dialog } from '../ui/dialog.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { SecretOnce } from '../ui/secret-once.tsx'
import { useUnsaved } from '../ui/unsaved.ts'
import { CREDENTIAL_VARIANTS, toDefaultValues, type CredentialVariant } from './credential-variants.ts'
import { ProofFields, type ProofErrors } from './proof-fields.tsx'

interface CredentialDialogProps {
  readonly clientId: string
  readonly variant: CredentialVariant
  /** Whether it belongs to a service, which also needs the lines of code. */
  readonly isService: boolean
  readonly onClose: () => void
}

const EXPIRY_OPTIONS = [
  { value: '', label: 'Never' },
  { value: '30', label: 'In 30 days' },
  { value: '90', label: 'In 90 days' },
  { value: '180', label: 'In 180 days' },
  { value: '365', label: 'In a year' },
]

/** Numbered after the day, so that two credentials of a rotation are told apart. */
const suggestName = (): string =>
  new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' }).format(new Date())

export function CredentialDialog({ clientId, variant, isService, onClose }: CredentialDialogProps) {
  const [issued, setIssued] = useState<CredentialIssued | null>(null)
  if (issued !== null) return <IssuedDialog issued={issued} isService={isService} onClose={onClose} />
  return <CreateDialog clientId={clientId} variant={variant} onIssued={setIssued} onClose={onClose} />
}

function CreateDialog({
  clientId,
  variant,
  onIssued,
  onClose,
}: Omit<CredentialDialogProps, 'isService'> & { readonly onIssued: (issued: CredentialIssued) => void }) {
  const environment = useEnvironment()
  const create = useMutation(createCredential)
  const form = useContractForm(CredentialCreate, toDefaultValues(variant, suggestName()))
  const errors = form.formState.errors as ProofErrors &
    Partial<Record<'name' | 'expiresInDays', { readonly message?: string }>> // of whichever variant it is
  useUnsaved(form.formState.isDirty && 'the credential that is not created yet')
  const { submit, problem, isPending } = useContractSubmit(
    form,
    (body) => create.mutateAsync({ params: { environment, clientId }, body }),
    onIssued,
  )
  return (
    <FormDialog
      title={CREDENTIAL_VARIANTS[variant].title}
      description={
        <>
          For <code>{clientId}</code> in {environment}. Those it has stay valid.
        </>
      }
      submitLabel={variant === 'client-secret' ? 'Create' : 'Register'}
      isPending={isPending}
      problem={problem}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        label="Name"
        hint="To tell it from the next one."
        error={errors.name?.message}
        {...form.register('name')}
      />
      <ProofFields variant={variant} form={form} errors={errors} />
      <SelectField
        label="Expires"
        options={EXPIRY_OPTIONS}
        error={errors.expiresInDays?.message}
        {...form.register('expiresInDays', {
          setValueAs: (value: unknown) => (value === '' || value === null ? null : Number(value)),
        })}
      />
    </FormDialog>
  )
}

function IssuedDialog({
  issued: { credential, secret, environmentVariables },
  isService,
  onClose,
}: {
  readonly issued: CredentialIssued
  readonly isService: boolean
  readonly onClose: () => void
}) {
  const [isCodeShown, setCodeShown] = useState(secret === null)
  const finish = () => {
    if (isService && !isCodeShown) setCodeShown(true)
    else onClose()
  }
  if (secret !== null && !isCodeShown) {
    return (
      <Dialog open onOpenChange={remindToKeep} title={`Client secret “${credential.name}”`} size="lg">
        <SecretOnce what="client secret" secret={secret} environmentVariables={environmentVariables} onDone={finish} />
      </Dialog>
    )
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
      title={isService ? 'Add three lines to the service' : 'It is registered'}
      size="lg"
      footer={
        <Button variant="primary" onClick={onClose}>
          Done
        </Button>
      }
    >
      <div className="flex flex-col gap-4">
        {secret === null && (
          <CodeBlock
            label="environment variables"
            code={Object.entries(environmentVariables)
              .map(([name, value]) => `${name}=${value}`)
              .join('\n')}
          />
        )}
        {isService && <SdkSnippet />}
      </div>
    </Dialog>
  )
}
