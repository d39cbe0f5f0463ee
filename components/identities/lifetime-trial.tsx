'use client'
import type { IdentityPosture } from '#lib/client/object-types.ts'
import { WhatChanges } from '../evidence/what-changes.tsx'
import { WriteProblem } from '../forms/write-problem.tsx'
import { useRoleGate } from '../shell/session-context.tsx'
import { Button } from '../ui/button.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { toDuration } from '../ui/words.ts'
import { useLifetimeTrial } from './use-lifetime-trial.ts'

interface LifetimeTrialProps {
  readonly identity: IdentityPosture
  readonly trial: NonNullable<IdentityPosture['trialLifetime']>
  readonly onReload: () => void
}

/** A lifetime that is tried: what it would have ended since, and one click to put it in force. */
export function LifetimeTrial({ identity, trial, onReload }: LifetimeTrialProps) {
  const { seconds, since } = trial
  const gate = useRoleGate('operator')
  const { adopt, end, isPending, problem } = useLifetimeTrial(identity, () => undefined)
  return (
    <section aria-label="Lifetime on trial" className="mt-4 flex flex-col gap-3 border-t border-line pt-4">
      <p>
        <span className="font-medium">{toDuration(seconds)} is on trial</span>{' '}
        <span className="text-muted">
          since <RelativeTime at={since} />: tokens live as long as before, and each use of an older one counts.
        </span>
      </p>
      <WhatChanges
        title="What it would have changed since"
        draft={{ kind: 'lifetimes', identities: [{ clientId: identity.clientId, seconds }] }}
        since={{ at: since, words: 'the trial' }}
        idle=""
      />
      <WriteProblem problem={problem} onReload={onReload} />
      <div className="flex flex-wrap gap-2">
        <Button
          variant="primary"
          pending={isPending}
          onClick={() => {
            adopt(seconds, identity.tokenLifetimeReason ?? undefined)
          }}
          {...gate}
        >
          {`Make ${toDuration(seconds)} the lifetime`}
        </Button>
        <Button onClick={end} {...gate}>
          End the trial
        </Button>
      </div>
    </section>
  )
}
