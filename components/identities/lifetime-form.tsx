'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { parseAsInteger, useQueryState } from 'nuqs'
import { useEffect } from 'react'
import type { UseFormReturn } from 'react-hook-form'
import type { z } from 'zod'
import { environmentQuery } from '#lib/client/environments.ts'
import { updateIdentitySetting } from '#lib/client/identities.ts'
import type { IdentityPosture } from '#lib/client/object-types.ts'
import { IdentitySettingUpdate } from '#lib/contract/catalog.ts'
import { TOKEN_LIFETIME_SECONDS_UNREMARKABLE } from '#lib/policy/vocabulary.ts'
import { isLifetime, toLifetimeDraft } from '../evidence/lifetime-draft.ts'
import { WhatChanges } from '../evidence/what-changes.tsx'
import { LifetimeField } from '../forms/lifetime-field.tsx'
import { SaveButton } from '../forms/save-button.tsx'
import { useContractSubmit } from '../forms/use-contract-submit.ts'
import { WriteProblem } from '../forms/write-problem.tsx'
import { useEnvironment } from '../shell/environment-context.tsx'
import { useRoleGate } from '../shell/session-context.tsx'
import { Button } from '../ui/button.tsx'
import { useContractForm } from '../ui/contract-form.ts'
import { TextField } from '../ui/field.tsx'
import { Panel } from '../ui/panel.tsx'
import { toast } from '../ui/toast.ts'
import { toDuration } from '../ui/words.ts'
import { LifetimeTrial } from './lifetime-trial.tsx'
import { useLifetimeTrial } from './use-lifetime-trial.ts'

interface LifetimeFormProps {
  readonly identity: IdentityPosture
  readonly onReload: () => void
}

const toValues = ({ tokenLifetimeSeconds, tokenLifetimeReason }: IdentityPosture) => ({
  tokenLifetimeSeconds,
  reason: tokenLifetimeReason ?? '',
})

/** A lifetime that the address proposes is filled in, and saved by nobody but the person. */
function useProposal(
  form: UseFormReturn<z.input<typeof IdentitySettingUpdate>, unknown, z.output<typeof IdentitySettingUpdate>>,
) {
  const [proposed, setProposed] = useQueryState('lifetime', parseAsInteger)
  useEffect(() => {
    if (proposed !== null) form.setValue('tokenLifetimeSeconds', proposed, { shouldDirty: true, shouldValidate: true })
    // The form is the same object at every rendering.
  }, [proposed])
  return { isProposed: proposed !== null, forget: () => void setProposed(null) }
}

/** Another lifetime than the one in force and the one that is tried; above an hour it needs a reason first. */
const canBeTried = (identity: IdentityPosture, seconds: number | null): seconds is number =>
  seconds !== null &&
  isLifetime(seconds) &&
  seconds <= TOKEN_LIFETIME_SECONDS_UNREMARKABLE &&
  seconds !== identity.tokenLifetimeSeconds &&
  seconds !== identity.trialLifetime?.seconds

/** How long tokens of an identity live; the least of identity, scopes and environment counts. */
export function LifetimeForm({ identity, onReload }: LifetimeFormProps) {
  const environment = useEnvironment()
  const gate = useRoleGate('operator')
  const { data } = useQuery(environmentQuery(environment))
  const save = useMutation(updateIdentitySetting)
  const form = useContractForm(IdentitySettingUpdate, toValues(identity))
  const { errors, isDirty } = form.formState
  const { isProposed, forget } = useProposal(form)
  const trial = useLifetimeTrial(identity, () => {
    form.reset(toValues(identity))
    forget()
  })
  const seconds = form.watch('tokenLifetimeSeconds') ?? null
  const needsReason = seconds !== null && seconds > TOKEN_LIFETIME_SECONDS_UNREMARKABLE
  const { submit, problem, isPending } = useContractSubmit(
    form,
    ({ tokenLifetimeSeconds = null, reason }) =>
      save.mutateAsync({
        params: { environment, clientId: identity.clientId },
        ifMatch: identity.settingsVersion,
        body: { tokenLifetimeSeconds, ...(needsReason && reason !== undefined ? { reason } : {}) },
      }),
    (saved) => {
      form.reset(toValues(saved))
      forget()
      toast.success(
        `Tokens of ${identity.clientId} live ${saved.tokenLifetimeSeconds === null ? 'as long as the environment says' : toDuration(saved.tokenLifetimeSeconds)} from now on`,
      )
    },
  )
  return (
    <Panel id="lifetime" title="Token lifetime" description="The least of identity, scopes and environment counts">
      <form noValidate onSubmit={submit} className="flex flex-col gap-4">
        {isProposed && (
          <p role="note" className="rounded-lg bg-sunken px-3 py-2">
            Filled in from the findings. Nothing is saved yet.
          </p>
        )}
        <LifetimeField
          value={seconds}
          onChange={(value) => {
            form.setValue('tokenLifetimeSeconds', value, { shouldDirty: true, shouldValidate: true })
          }}
          inherited={
            data === undefined
              ? 'The environment decides'
              : `The environment decides: ${toDuration(data.defaultTokenLifetimeSeconds)}`
          }
          error={errors.tokenLifetimeSeconds?.message}
        />
        {needsReason && (
          <TextField
            label="Reason"
            required
            hint="Above an hour a reason is kept: a stolen token works that long."
            error={errors.reason?.message}
            {...form.register('reason')}
          />
        )}
        <WhatChanges
          draft={toLifetimeDraft(seconds, identity.tokenLifetimeSeconds, (own) => ({
            identities: [{ clientId: identity.clientId, seconds: own }],
          }))}
          idle="Change the lifetime to see how many recorded uses were of older tokens."
        />
        <WriteProblem problem={problem ?? trial.problem} onReload={onReload} />
        <div className="flex flex-wrap items-center gap-2">
          <SaveButton pending={isPending} isDirty={isDirty} {...gate} />
          {canBeTried(identity, seconds) && (
            <Button
              pending={trial.isPending}
              onClick={() => {
                trial.start(seconds)
              }}
              title="Tokens keep their lifetime; uses of older ones are counted from now on"
              {...gate}
            >
              {`Try ${toDuration(seconds)} first`}
            </Button>
          )}
        </div>
      </form>
      {identity.trialLifetime !== null && (
        <LifetimeTrial identity={identity} trial={identity.trialLifetime} onReload={onReload} />
      )}
    </Panel>
  )
}
