import { CircleDashed } from 'lucide-react'
import type { Endpoint } from '#lib/client/object-types.ts'
import { Badge } from '../ui/badge.tsx'
import { ModeDot } from '../ui/status-badges.tsx'
import { MODE_WORDS } from '../ui/words.ts'

type Stated = Pick<Endpoint, 'mode' | 'percent' | 'confirmation'>

/** Enforced is said only of what the instances have confirmed. */
export function toConfirmationWords({ confirmation: { state, live, confirmed } }: Stated): string {
  if (state === 'no-instances') return 'no live instance'
  return state === 'applied' ? `${String(live)} of ${String(live)} confirmed` : `${String(confirmed)} of ${String(live)} confirmed`
}

const modeWord = ({ mode, confirmation }: Stated): string => (mode === 'enforce' && confirmation.state === 'applied' ? 'Enforced' : MODE_WORDS[mode])

/** The mode that was published and, apart from it, whether the instances run it. */
export function ModeState({ endpoint }: { readonly endpoint: Stated }) {
  const { mode, percent, confirmation } = endpoint
  const isPending = confirmation.state === 'pending'
  return (
    <span className="inline-flex items-center gap-2 whitespace-nowrap">
      <Badge tone={mode} title={toConfirmationWords(endpoint)}>
        {isPending ? <CircleDashed aria-hidden className="size-3 animate-pulse" /> : <ModeDot mode={mode} />}
        {modeWord(endpoint)}
        {mode === 'enforce' && percent < 100 && <span className="tabular-nums">{percent} %</span>}
      </Badge>
      {confirmation.state !== 'applied' && <span className="text-xs text-muted tabular-nums">{toConfirmationWords(endpoint)}</span>}
    </span>
  )
}
