'use client'
import { useMutation } from '@tanstack/react-query'
import { createIssuer, deleteIssuer, updateIssuer } from '#lib/client/issuers.ts'
import type { Issuer } from '#lib/client/object-types.ts'
import { IssuerCreate, IssuerUpdate } from '#lib/contract/catalog.ts'
import { FormDialog } from '../forms/form-dialog.tsx'
import { useContractSubmit } from '../forms/use-contract-submit.ts'
import { usePinned } from '../forms/use-pinned.ts'
import { useEnvironment } from '../shell/environment-context.tsx'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { useContractForm } from '../ui/contract-form.ts'
import { TextField } from '../ui/field.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { toast } from '../ui/toast.ts'
import { useUnsaved } from '../ui/unsaved.ts'
import { ClaimScopesField } from './claim-scopes-field.tsx'
import { IssuerCheck } from './issuer-check.tsx'

const PURPOSE_OPTIONS = [
  { value: 'people', label: 'People' },
  { value: 'workloads', label: 'Workloads' },
] as const satisfies readonly { readonly value: Issuer['purpose']; readonly label: string }[]

export function NewIssuerDialog({ onClose }: { readonly onClose: () => void }) {
  const environment = useEnvironment()
  const create = useMutation(createIssuer)
  const form = useContractForm(IssuerCreate, {
    name: '',
    purpose: 'people',
    issuer: '',
    audience: '',
    scopeClaim: 'scope',
    claimScopes: [],
  })
  const { errors, isDirty } = form.formState
  useUnsaved(isDirty && 'the issuer that is not trusted yet')
  const isForPeople = form.watch('purpose') !== 'workloads'
  const { submit, problem, isPending } = useContractSubmit(
    form,
    (body) => create.mutateAsync({ params: { environment }, body }),
    ({ name, purpose }) => {
      toast.success(`${name} is trusted`, {
        description:
          purpose === 'people'
            ? 'Services take tokens of its users as soon as they confirm the revision.'
            : 'Now say on an identity’s page which of its workloads stands for it.',
      })
      onClose()
    },
  )
  return (
    <FormDialog
      title="Trust an issuer"
      size="lg"
      description="Its keys are fetched now, and again before they change."
      submitLabel="Trust"
      isPending={isPending}
      problem={problem}
      onSubmit={submit}
      onClose={onClose}
    >
      <Segmented
        label="Whose tokens"
        value={isForPeople ? 'people' : 'workloads'}
        options={PURPOSE_OPTIONS}
        onChange={(purpose) => {
          form.setValue('purpose', purpose)
          if (purpose === 'workloads') form.setValue('claimScopes', [])
        }}
        className="self-start"
      />
      <p className="text-xs text-muted">
        {isForPeople
          ? 'An OpenID Connect provider whose users call services.'
          : 'A cluster, a CI system or a SPIFFE trust domain: its tokens prove an identity to the token endpoint, and nothing else.'}
      </p>
      <TextField
        label="Name"
        required
        className="font-mono"
        placeholder={isForPeople ? 'customers' : 'cluster'}
        hint={isForPeople ? 'Its users appear as user@<name>.' : undefined}
        error={errors.name?.message}
        {...form.register('name')}
      />
      <TextField
        label="Issuer"
        required
        type="url"
        className="font-mono"
        placeholder="https://login.example.com"
        hint="iss of its tokens, exactly."
        error={errors.issuer?.message}
        {...form.register('issuer')}
      />
      <TextField
        label="Audience"
        required
        className="font-mono"
        hint="aud that its tokens must carry."
        error={errors.audience?.message}
        {...form.register('audience')}
      />
      {isForPeople && (
        <>
          <TextField
            label="Scope claim"
            className="font-mono"
            hint="Claim that holds the scopes."
            error={errors.scopeClaim?.message}
            {...form.register('scopeClaim')}
          />
          <ClaimScopesField
            value={[]}
            errors={errors.claimScopes}
            onChange={(claimScopes) => {
              form.setValue('claimScopes', claimScopes, {
                shouldDirty: true,
                shouldValidate: form.formState.isSubmitted,
              })
            }}
          />
        </>
      )}
      <TextField
        label="Key set"
        optional
        type="url"
        className="font-mono"
        hint="Found through its discovery document when left empty."
        error={errors.jwksUri?.message}
        {...form.register('jwksUri', { setValueAs: (value: string) => (value === '' ? undefined : value) })}
      />
      <IssuerCheck issuer={form.watch('issuer')} jwksUri={form.watch('jwksUri')} />
    </FormDialog>
  )
}

interface IssuerDialogProps {
  readonly issuer: Issuer
  readonly onClose: () => void
}

export function EditIssuerDialog({
  issuer: current,
  onClose,
  onReload,
}: IssuerDialogProps & { readonly onReload: () => void }) {
  const [issuer] = usePinned(current)
  const environment = useEnvironment()
  const save = useMutation(updateIssuer)
  const form = useContractForm(IssuerUpdate, {
    audience: issuer.audience,
    scopeClaim: issuer.scopeClaim,
    claimScopes: issuer.claimScopes,
  })
  const { errors, isDirty } = form.formState
  useUnsaved(isDirty && `what you changed of the issuer ${issuer.name}`)
  const { submit, problem, isPending } = useContractSubmit(
    form,
    (body) => save.mutateAsync({ params: { environment, id: issuer.id }, ifMatch: issuer.version, body }),
    () => {
      toast.success(`${issuer.name} is saved`)
      onClose()
    },
  )
  return (
    <FormDialog
      title={`Issuer ${issuer.name}`}
      size="lg"
      description={<span className="break-all">{issuer.issuer}</span>}
      submitLabel="Save"
      isPending={isPending}
      problem={problem}
      onSubmit={submit}
      onClose={onClose}
      onReload={() => {
        onReload()
        onClose()
      }}
    >
      <TextField
        label="Audience"
        required
        className="font-mono"
        error={errors.audience?.message}
        {...form.register('audience')}
      />
      {issuer.purpose === 'people' && (
        <>
          <TextField
            label="Scope claim"
            required
            className="font-mono"
            error={errors.scopeClaim?.message}
            {...form.register('scopeClaim')}
          />
          <ClaimScopesField
            value={issuer.claimScopes}
            errors={errors.claimScopes}
            onChange={(claimScopes) => {
              form.setValue('claimScopes', claimScopes, {
                shouldDirty: true,
                shouldValidate: form.formState.isSubmitted,
              })
            }}
          />
        </>
      )}
    </FormDialog>
  )
}

export function DeleteIssuerDialog({ issuer, onClose }: IssuerDialogProps) {
  const environment = useEnvironment()
  const remove = useMutation(deleteIssuer)
  const confirm = () => {
    remove.mutate(
      { params: { environment, id: issuer.id }, ifMatch: issuer.version },
      {
        onSuccess: () => {
          toast.success(`${issuer.name} is trusted no more`)
          onClose()
        },
      },
    )
  }
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
      title={`Trust ${issuer.name} no more?`}
      confirm="Trust no more"
      danger
      pending={remove.isPending}
      problem={remove.error}
      onConfirm={confirm}
    >
      {issuer.purpose === 'people'
        ? 'Tokens of its users are denied at enforced endpoints as soon as the instances confirm the revision.'
        : 'Its workloads prove themselves no more. Credentials that rest on it have to be revoked first.'}
    </ConfirmDialog>
  )
}
