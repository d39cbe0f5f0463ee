'use client'
import { useMutation } from '@tanstack/react-query'
import { updateIdentitySetting } from '#lib/client/identities.ts'
import type { IdentityPosture } from '#lib/client/object-types.ts'
import { IdentitySettingUpdate } from '#lib/contract/catalog.ts'
import { CREDENTIAL_KINDS } from '#lib/policy/vocabulary.ts'
import { KIND_WORDS } from '../credentials/credential-variants.ts'
import { SaveButton } from '../forms/save-button.tsx'
import { useContractSubmit } from '../forms/use-contract-submit.ts'
import { WriteProblem } from '../forms/write-problem.tsx'
import { useEnvironment } from '../shell/environment-context.tsx'
import { useRoleGate } from '../shell/session-context.tsx'
import { Checkbox } from '../ui/checkbox.tsx'
import { useContractForm } from '../ui/contract-form.ts'
import { FieldError, SelectField, TextField } from '../ui/field.tsx'
import { Panel } from '../ui/panel.tsx'
import { toast } from '../ui/toast.ts'
import { useUnsaved } from '../ui/unsaved.ts'
import { toDuration } from '../ui/words.ts'

interface TokenPolicyFormProps {
  readonly identity: IdentityPosture
  readonly onReload: () => void
}

const SENDER_OPTIONS = [
  { value: 'none', label: 'Whoever has it (bearer)' },
  { value: 'any', label: 'A key or a certificate' },
  { value: 'dpop', label: 'A key (DPoP)' },
  { value: 'mutual-tls', label: 'A client certificate (mutual TLS)' },
] as const satisfies readonly { readonly value: IdentityPosture['senderConstraint']; readonly label: string }[]

const REFRESH_DEFAULT = { seconds: 28_800, idleSeconds: 3_600 } as const

const toValues = ({ credentialKinds, senderConstraint, refreshTokens }: IdentityPosture) => ({
  credentialKinds,
  senderConstraint,
  refreshTokens,
})

/** What an identity proves itself with, whom its tokens are bound to, and whether a session may go on. */
export function TokenPolicyForm({ identity, onReload }: TokenPolicyFormProps) {
  const environment = useEnvironment()
  const gate = useRoleGate('operator')
  const save = useMutation(updateIdentitySetting)
  const form = useContractForm(IdentitySettingUpdate, toValues(identity))
  const { errors, isDirty } = form.formState
  useUnsaved(isDirty && `what you changed of how ${identity.clientId} gets tokens`)
  const kinds = form.watch('credentialKinds') ?? []
  const refreshTokens = form.watch('refreshTokens') ?? null
  const { submit, problem, isPending } = useContractSubmit(
    form,
    (body) =>
      save.mutateAsync({
        params: { environment, clientId: identity.clientId },
        ifMatch: identity.settingsVersion,
        body,
      }),
    (saved) => {
      form.reset(toValues(saved))
      toast.success(`How ${identity.clientId} gets tokens is saved`, {
        description: 'It counts from the next request on.',
      })
    },
  )
  const change = { shouldDirty: true, shouldValidate: true } as const
  return (
    <Panel id="token-policy" title="How it gets tokens" description="Counts from the next request on">
      <form noValidate onSubmit={submit} className="flex flex-col gap-4">
        <fieldset className="flex flex-col gap-1.5">
          <legend className="mb-1 font-medium">It may prove itself with</legend>
          {CREDENTIAL_KINDS.map((kind) => (
            <Checkbox
              key={kind}
              checked={kinds.includes(kind)}
              onChange={(event) => {
                const rest = kinds.filter((other) => other !== kind)
                form.setValue('credentialKinds', event.currentTarget.checked ? [...rest, kind] : rest, change)
              }}
            >
              {KIND_WORDS[kind]}
            </Checkbox>
          ))}
          <FieldError message={errors.credentialKinds?.message} />
        </fieldset>
        <SelectField
          label="Its tokens can be used by"
          options={SENDER_OPTIONS}
          hint="A bound token is of no use to a thief without the key. Those for the configuration stay plain."
          error={errors.senderConstraint?.message}
          {...form.register('senderConstraint')}
        />
        <fieldset className="flex flex-col gap-2">
          <legend className="mb-1 font-medium">Sessions</legend>
          <Checkbox
            checked={refreshTokens !== null}
            onChange={(event) => {
              form.setValue('refreshTokens', event.currentTarget.checked ? REFRESH_DEFAULT : null, change)
            }}
          >
            It may ask for refresh tokens
          </Checkbox>
          {refreshTokens !== null && (
            <div className="grid gap-3 sm:grid-cols-2">
              <SecondsField
                label="Ends after"
                seconds={refreshTokens.seconds}
                error={errors.refreshTokens?.seconds?.message}
                onChange={(seconds) => {
                  form.setValue('refreshTokens', { ...refreshTokens, seconds }, change)
                }}
              />
              <SecondsField
                label="Or unused for"
                seconds={refreshTokens.idleSeconds}
                error={errors.refreshTokens?.idleSeconds?.message}
                onChange={(idleSeconds) => {
                  form.setValue('refreshTokens', { ...refreshTokens, idleSeconds }, change)
                }}
              />
            </div>
          )}
          <p className="text-xs text-muted">
            Asked for with the scope <code>offline_access</code>. Each is good once; one that comes again ends the
            session.
          </p>
        </fieldset>
        <WriteProblem problem={problem} onReload={onReload} />
        <SaveButton pending={isPending} isDirty={isDirty} {...gate} />
      </form>
    </Panel>
  )
}

interface SecondsFieldProps {
  readonly label: string
  readonly seconds: number
  readonly error: string | undefined
  readonly onChange: (seconds: number) => void
}

const SecondsField = ({ label, seconds, error, onChange }: SecondsFieldProps) => (
  <TextField
    label={label}
    type="number"
    inputMode="numeric"
    className="tabular-nums"
    value={Number.isNaN(seconds) ? '' : seconds}
    hint={Number.isNaN(seconds) ? 'Seconds' : `Seconds: ${toDuration(seconds)}`}
    error={error}
    onChange={(event) => {
      onChange(event.currentTarget.valueAsNumber)
    }}
  />
)
