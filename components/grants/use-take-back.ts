'use client'
import { useMutation } from '@tanstack/react-query'
import { createGrant, deleteGrant } from '#lib/client/grants.ts'
import type { Grant } from '#lib/client/object-types.ts'
import { useEnvironment } from '../shell/environment-context.tsx'
import { complain, toast, UNDO_OFFERED_MS } from '../ui/toast.ts'

/** What it takes to take a grant back, and to give it again. */
export type TakenGrant = Pick<Grant, 'id' | 'clientId' | 'scopeId' | 'scope' | 'expiresAt' | 'note'>

/** Takes a grant back at once, and offers to give it again. */
export function useTakeBack() {
  const environment = useEnvironment()
  const remove = useMutation(deleteGrant)
  const create = useMutation(createGrant)
  const giveAgain = ({ clientId, scopeId, scope, expiresAt, note }: TakenGrant) =>
    create
      .mutateAsync({ params: { environment }, body: { clientId, scopeId, expiresAt, note } })
      .then(() => toast.success(`${clientId} holds ${scope} again`), complain)
  const takeBack = (grant: TakenGrant) =>
    remove.mutateAsync({ params: { environment, id: grant.id } }).then(
      () =>
        toast.success(`${grant.scope} is taken back from ${grant.clientId}`, {
          description: 'Tokens it has keep the scope until they expire.',
          duration: UNDO_OFFERED_MS,
          action: { label: 'Undo', onClick: () => void giveAgain(grant) },
        }),
      complain,
    )
  return { takeBack, pendingId: remove.isPending ? remove.variables.params.id : null }
}
