'use client'
import { useMutation } from '@tanstack/react-query'
import { createGrant, deleteGrant } from '#lib/client/grants.ts'
import type { Grant } from '#lib/client/object-types.ts'
import { useEnvironment } from '../shell/environment-context.tsx'
import { complain, toast, UNDO_OFFERED_MS } from '../ui/toast.ts'

/** What it takes to take a grant back, and to give it again. */
export type TakenGrant = Pick<Grant, 'id' | 'clientId' | 'scopeId' | 'scope' | 'expiresAt' | 'note'>

/** Takes a grant back, and offers to give it again. */
export function useTakeBack(onTaken: () => void) {
  const environment = useEnvironment()
  const remove = useMutation(deleteGrant)
  const create = useMutation(createGrant)
  const giveAgain = ({ clientId, scopeId, scope, expiresAt, note }: TakenGrant) =>
    create
      .mutateAsync({ params: { environment }, body: { clientId, scopeId, expiresAt, note } })
      .then(() => toast.success(`${clientId} holds ${scope} again`), complain)
  const takeBack = (grant: TakenGrant) => {
    remove.mutate(
      { params: { environment, id: grant.id } },
      {
        onSuccess: () => {
          toast.success(`${grant.scope} is taken back from ${grant.clientId}`, {
            description: 'Tokens it has keep the scope until they expire.',
            duration: UNDO_OFFERED_MS,
            action: { label: 'Undo', onClick: () => void giveAgain(grant) },
          })
          onTaken()
        },
      },
    )
  }
  return { takeBack, isPending: remove.isPending, problem: remove.error }
}
