import { CircleDashed } from 'lucide-react'
import type { Endpoint } from '#lib/client/object-types.ts'
import { Badge } from '../ui/badge.tsx'
import { ModeDot } from '../ui/status-badges.tsx'
import { MODE_WORDS } from '../ui/words.ts'

type Stated = Pick<Endpoint, 'mode' | 'percent' | 'confirmation'>

/** Enforced is said only of what the instances have confirmed. */
export function toConfirmationWords({ confirmation: { state, live, confirmed } }: Stated): string {
  if (state === 'no-instances') return 'no live instance'
  return state === 'applied'
    ? `${String(live)} of ${String(live)} confirmed`
    : `${String(confirmed)} of ${String(live)} confirmed`
}

const modeWord = ({ mode, confirmation }: Stated): string =>
  mode === 'enforce' && confirmation.state === 'applied' ? 'Enforced' : MODE_WORDS[mode]

interface ModeStateProps {
  readonly endpoint: Stated
  /** "2 of 3" instead of "2 of 3 confirmed", where a column has no room. */
  readonly short?: boolean
}

function Confirmation({ endpoint, short }: Required<ModeStateProps>) {
  const words = toConfirmationWords(endpoint)
  if (!short) return <span className="text-xs text-muted tabular-nums">{words}</span>
  if (endpoint.confirmation.state === 'no-instances') return <span className="sr-only">{words}</span>
  return (
    <span className="text-xs text-muted tabular-nums" title={words}>
      {words.replace(' confirmed', '')}
      <span className="sr-only"> confirmed</span>
    </span>
  )
}

/** The mode that was published and, apart from it, whether the instances run it. */
export function ModeState({ endpoint, short = false }: ModeStateProps) {
  const { mode, percent, confirmation } = endpoint
  const isPending = confirmation.state === 'pending'
  return (
    <span className="inline-flex items-center gap-2 whitespace-nowrap">
      <Badge tone={mode} title={toConfirmationWords(endpoint)}>
        {isPending ? <CircleDashed aria-hidden className="size-3 animate-pulse" /> : <ModeDot mode={mode} />}
        {modeWord(endpoint)}
        {mode === 'enforce' && percent < 100 && <span className="tabular-nums">{percent} %</span>}
      </Badge>
      {confirmation.state !== 'applied' && <Confirmation endpoint={endpoint} short={short} />}
    </span>
  )
}
