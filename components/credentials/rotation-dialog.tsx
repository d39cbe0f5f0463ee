'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Check } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { credentialsQuery, revokeCredential } from '#lib/client/credentials.ts'
import type { Credential } from '#lib/client/object-types.ts'
import { useEnvironment } from '../shell/environment-context.tsx'
import { Button } from '../ui/button.tsx'
import { classNames } from '../ui/class-names.ts'
import { Dialog } from '../ui/dialog.tsx'
import { useNow } from '../ui/now.ts'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { toast } from '../ui/toast.ts'
import { CredentialDialog } from './credential-dialog.tsx'
import type { CredentialVariant } from './credential-variants.ts'
import { toRotation, type Rotation } from './rotation.ts'
import { CreateStep, DeployStep, RevokeStep } from './rotation-steps.tsx'

const LOOK_EVERY_MS = 3_000

interface RotationDialogProps {
  readonly clientId: string
  readonly isService: boolean
  /** The credential that is to be replaced. */
  readonly oldId: string
  /** Kinds of which no more may be live. */
  readonly full: readonly Credential['kind'][]
  readonly onClose: () => void
}

/** From one credential to the next without a refused token. Nothing about it is stored: it may be left and taken up at any time. */
export function RotationDialog({ clientId, isService, oldId, full, onClose }: RotationDialogProps) {
  const environment = useEnvironment()
  const { data, error, refetch } = useQuery({
    ...credentialsQuery(environment, clientId),
    refetchInterval: LOOK_EVERY_MS,
  })
  const now = useNow()
  const [creating, setCreating] = useState<CredentialVariant | null>(null)
  const [nextId, setNextId] = useState<string | null>(null)
  if (creating !== null)
    return (
      <CredentialDialog
        clientId={clientId}
        variant={creating}
        isService={isService}
        onClose={() => {
          setCreating(null)
          void refetch()
        }}
      />
    )
  const rotation = data === undefined ? null : toRotation(data.items, oldId, nextId, now ?? 0)
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
      title={rotation === null ? 'Rotate a credential' : `Rotate “${rotation.old.name}”`}
      description="Close this whenever you like: where it stands follows from what both credentials are used for."
      size="lg"
      footer={<Button onClick={onClose}>{rotation?.step === 'done' ? 'Done' : 'Close'}</Button>}
    >
      <ProblemAlert problem={error} onRetry={() => void refetch()} />
      {rotation === null ? (
        <SkeletonLines lines={8} />
      ) : (
        <Steps rotation={rotation} full={full} onCreate={setCreating} onChoose={setNextId} />
      )}
    </Dialog>
  )
}

interface StepsProps {
  readonly rotation: Rotation
  readonly full: readonly Credential['kind'][]
  readonly onCreate: (variant: CredentialVariant) => void
  readonly onChoose: (id: string) => void
}

const ORDER = ['create', 'deploy', 'revoke', 'done'] as const satisfies readonly Rotation['step'][]

function Steps({ rotation, full, onCreate, onChoose }: StepsProps) {
  const environment = useEnvironment()
  const revoke = useMutation(revokeCredential)
  const { old } = rotation
  const revokeOld = () => {
    revoke.mutate(
      { params: { environment, id: old.id } },
      { onSuccess: () => toast.success(`“${old.name}” is revoked`) },
    )
  }
  const at = ORDER.indexOf(rotation.step)
  return (
    <ol className="flex flex-col">
      <Step number={1} at={at} title="Create the next credential">
        <CreateStep rotation={rotation} full={full} onCreate={onCreate} onChoose={onChoose} />
      </Step>
      <Step number={2} at={at} title="Give it to every program that uses the old one">
        <DeployStep rotation={rotation} />
      </Step>
      <Step number={3} at={at} title="Revoke the old one">
        <RevokeStep rotation={rotation} isPending={revoke.isPending} problem={revoke.error} onRevoke={revokeOld} />
      </Step>
    </ol>
  )
}

interface StepProps {
  readonly number: number
  /** Index of the present step. */
  readonly at: number
  readonly title: string
  readonly children: ReactNode
}

function Step({ number, at, title, children }: StepProps) {
  const isDone = number - 1 < at
  const isPresent = number - 1 === at
  return (
    <li aria-current={isPresent ? 'step' : undefined} className="grid grid-cols-[1.75rem_minmax(0,1fr)] gap-x-3">
      <span
        aria-hidden
        className={classNames(
          'flex size-7 items-center justify-center rounded-full text-xs font-medium tabular-nums',
          isDone && 'bg-enforce-tint text-enforce',
          isPresent && 'bg-text text-inverse',
          !isDone && !isPresent && 'bg-sunken text-muted',
        )}
      >
        {isDone ? <Check className="size-4" /> : number}
      </span>
      <div className="flex min-w-0 flex-col gap-2 pb-6">
        <h3 className={classNames('leading-7 font-medium', !isPresent && 'text-muted')}>
          {title}
          <span className="sr-only">{isDone ? ', done' : isPresent ? ', now' : ', later'}</span>
        </h3>
        {children}
      </div>
    </li>
  )
}
