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
import { SelectField, TextareaField, TextField } from '../ui/field.tsx'
import { SecretOnce } from '../ui/secret-once.tsx'

type CredentialKind = 'client-secret' | 'public-key'

interface CredentialDialogProps {
  readonly clientId: string
  readonly kind: CredentialKind
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

export function CredentialDialog({ clientId, kind, isService, onClose }: CredentialDialogProps) {
  const [issued, setIssued] = useState<CredentialIssued | null>(null)
  if (issued !== null) return <IssuedDialog issued={issued} isService={isService} onClose={onClose} />
  return <CreateDialog clientId={clientId} kind={kind} onIssued={setIssued} onClose={onClose} />
}

const TITLES: Readonly<Record<CredentialKind, string>> = {
  'client-secret': 'Create a client secret',
  'public-key': 'Register a public key',
}

function CreateDialog({
  clientId,
  kind,
  onIssued,
  onClose,
}: Omit<CredentialDialogProps, 'isService'> & { readonly onIssued: (issued: CredentialIssued) => void }) {
  const environment = useEnvironment()
  const create = useMutation(createCredential)
  const form = useContractForm(
    CredentialCreate,
    kind === 'client-secret'
      ? { kind, name: suggestName(), expiresInDays: null }
      : { kind, name: suggestName(), expiresInDays: null, publicKey: '' },
  )
  const errors = form.formState.errors as Partial<
    Record<'name' | 'expiresInDays' | 'publicKey', { readonly message?: string }>
  > // of whichever kind it is
  const { submit, problem, isPending } = useContractSubmit(
    form,
    (body) => create.mutateAsync({ params: { environment, clientId }, body }),
    onIssued,
  )
  return (
    <FormDialog
      title={TITLES[kind]}
      description={
        <>
          For <code>{clientId}</code> in {environment}. Those it has stay valid.
        </>
      }
      submitLabel={kind === 'client-secret' ? 'Create' : 'Register'}
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
      {kind === 'public-key' && (
        <TextareaField
          label="Public key"
          rows={6}
          className="font-mono text-xs"
          placeholder="-----BEGIN PUBLIC KEY-----"
          spellCheck={false}
          hint="SPKI PEM or JWK: EdDSA, ES256 or RS256 with at least 2,048 bits. Keep the private key where the service runs."
          error={errors.publicKey?.message}
          {...form.register('publicKey')}
        />
      )}
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
      title={isService ? 'Add three lines to the service' : 'The key is registered'}
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
