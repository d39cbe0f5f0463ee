'use client'
import { WhatChanges } from '../evidence/what-changes.tsx'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { useTakeBack, type TakenGrant } from './use-take-back.ts'

interface TakeBackDialogProps {
  readonly grant: TakenGrant
  readonly onClose: () => void
}

/** Takes a grant back once it was seen what its holder would lose. */
export function TakeBackDialog({ grant, onClose }: TakeBackDialogProps) {
  const { takeBack, isPending, problem } = useTakeBack(onClose)
  const { clientId, scopeId, scope } = grant
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
      title={`Take ${scope} back from ${clientId}?`}
      confirm="Take back"
      size="md"
      danger
      pending={isPending}
      problem={problem}
      onConfirm={() => {
        takeBack(grant)
      }}
    >
      <WhatChanges draft={{ kind: 'grants', removed: [{ clientId, scopeId }] }} idle="" />
    </ConfirmDialog>
  )
}
