'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { changeModes, undoModeChange } from '#lib/client/mode-changes.ts'
import type { ApiProblem } from '#lib/client/api-problem.ts'
import type { ModeChangeResult } from '#lib/client/object-types.ts'
import { refreshEndpoints } from '#lib/client/pending-endpoints.ts'
import type { RouteBody } from '#lib/contract/routes.ts'
import { useEnvironment } from '../shell/environment-context.tsx'
import { toast, UNDO_OFFERED_MS } from '../ui/toast.ts'
import { toPlural } from '../ui/words.ts'
import { toModeWords } from './change-direction.ts'

function toTitle({ endpoints, changed }: ModeChangeResult): string {
  const [first] = endpoints
  if (first === undefined) return 'Nothing had to change'
  const name = endpoints.length === 1 ? `${first.method} ${first.route}` : toPlural(changed, 'endpoint')
  return `${name}: ${toModeWords(first)}`
}

function toProgressWords({ revision, endpoints }: ModeChangeResult): string {
  const live = new Map(endpoints.map(({ serviceSlug, confirmation }) => [serviceSlug, confirmation.live]))
  const instances = [...live.values()].reduce((sum, count) => sum + count, 0)
  const waiting =
    instances === 0 ? 'No live instance runs it yet.' : `Waiting for ${toPlural(instances, 'instance')} to confirm.`
  return `Revision ${String(revision)} is published. ${waiting}`
}

/** Changes modes, says so, and offers to undo it. */
export function useModeChanges() {
  const environment = useEnvironment()
  const client = useQueryClient()
  const change = useMutation(changeModes)
  const undo = useMutation(undoModeChange)

  const revert = async (revision: number) => {
    try {
      const result = await undo.mutateAsync({ params: { environment }, body: { revision } })
      refreshEndpoints(client, environment, result.endpoints)
      toast.success(`Undone: ${toPlural(result.changed, 'endpoint')} as before`, {
        description: `Revision ${String(result.revision)} is published.`,
      })
    } catch (problem) {
      const { title, message } = problem as ApiProblem // the only error these mutations have
      toast.error(title, { description: message })
    }
  }
  const apply = async (body: RouteBody<'changeModes'>) => {
    const result = await change.mutateAsync({ params: { environment }, body })
    refreshEndpoints(client, environment, result.endpoints)
    toast.success(toTitle(result), {
      description: toProgressWords(result),
      duration: UNDO_OFFERED_MS,
      ...(result.changed === 0 ? {} : { action: { label: 'Undo', onClick: () => void revert(result.revision) } }),
    })
    return result
  }
  return { apply, isPending: change.isPending, problem: change.error, reset: change.reset }
}
