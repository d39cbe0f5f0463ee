'use client'
import { useMutation } from '@tanstack/react-query'
import { updateIdentitySetting } from '#lib/client/identities.ts'
import type { IdentityPosture } from '#lib/client/object-types.ts'
import type { RouteBody } from '#lib/contract/routes.ts'
import { useEnvironment } from '../shell/environment-context.tsx'
import { toast } from '../ui/toast.ts'
import { toDuration } from '../ui/words.ts'

/** Tries a lifetime without shortening any token, puts it in force, or ends the trial. */
export function useLifetimeTrial(identity: IdentityPosture, onDone: () => void) {
  const environment = useEnvironment()
  const save = useMutation(updateIdentitySetting)
  const { clientId, settingsVersion } = identity
  const write = (body: RouteBody<'updateIdentitySetting'>, sentence: string) => {
    save.mutate(
      { params: { environment, clientId }, ifMatch: settingsVersion, body },
      {
        onSuccess: () => {
          toast.success(sentence)
          onDone()
        },
      },
    )
  }
  return {
    isPending: save.isPending,
    problem: save.error,
    start: (seconds: number) => {
      write({ trialLifetimeSeconds: seconds }, `${toDuration(seconds)} is tried for ${clientId}: no token is shortened`)
    },
    adopt: (seconds: number, reason: string | undefined) => {
      write(
        { tokenLifetimeSeconds: seconds, trialLifetimeSeconds: null, ...(reason === undefined ? {} : { reason }) },
        `Tokens of ${clientId} live ${toDuration(seconds)} from now on`,
      )
    },
    end: () => {
      write({ trialLifetimeSeconds: null }, `The trial of ${clientId} has ended: its lifetime stays as it is`)
    },
  }
}
