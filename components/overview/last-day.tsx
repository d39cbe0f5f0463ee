import { Link } from '../ui/link.tsx'
import type { ReactNode } from 'react'
import { useEnvironmentPath } from '@/components/shell/environment-context.tsx'
import { Panel } from '@/components/ui/panel.tsx'
import { Skeleton } from '@/components/ui/skeleton.tsx'
import { toCount, toPlural, toShare, toShortCount } from '@/components/ui/words.ts'
import type { Overview } from './posture.tsx'

type Counts = Overview['last24Hours']
const decided = (counts: Counts): number => counts.allowed + counts['would-deny'] + counts.denied

/** Both kinds of denial are meant, which the number alone would not say beside a day without a refusal. */
const toDeniedCallersNote = (callers: number): string =>
  callers === 0
    ? 'no caller was or would have been denied'
    : `${toPlural(callers, 'caller')} denied, or would have been`

export function LastDay({ overview }: { readonly overview: Overview | undefined }) {
  const now = overview?.last24Hours
  const before = overview?.previous24Hours
  const whole = now === undefined ? 0 : decided(now)
  return (
    <Panel id="last-day" title="Last 24 hours" description="Compared with the 24 hours before" flush>
      <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-b-lg bg-line">
        <Figure
          label="Denied"
          path="/decisions?outcome=denied"
          value={now?.denied}
          before={before?.denied}
          tone="text-denied"
          note={now && (now.denied === 0 ? 'nobody was refused' : `${toShare(now.denied, whole)} of decisions`)}
        />
        <Figure
          label="Would have been denied"
          path="/decisions?outcome=would-deny"
          value={now?.['would-deny']}
          before={before?.['would-deny']}
          tone="text-log-only"
          note={now && `${toShare(now['would-deny'], whole)} of decisions`}
        />
        <Figure
          label="Decided"
          path="/decisions"
          value={now && whole}
          before={before && decided(before)}
          note={overview && toDeniedCallersNote(overview.deniedCallers24Hours)}
        />
        <Figure
          label="Not evaluated"
          path="/endpoints?mode=off"
          value={now?.unevaluated}
          before={before?.unevaluated}
          note={now && 'endpoints that are off'}
        />
      </dl>
    </Panel>
  )
}

interface FigureProps {
  readonly label: string
  readonly path: string
  readonly value: number | undefined
  readonly before: number | undefined
  readonly tone?: string
  readonly note: ReactNode
}

function Figure({ label, path, value, before, tone = 'text-text', note }: FigureProps) {
  const toPath = useEnvironmentPath()
  return (
    <div className="relative min-w-0 bg-raised px-4 py-3 hover:bg-hover">
      <dt className="truncate text-xs text-muted">
        <Link href={toPath(path)} className="after:absolute after:inset-0">
          {label}
        </Link>
      </dt>
      {value === undefined || before === undefined ? (
        <dd className="mt-1 space-y-2">
          <Skeleton className="h-7 w-20" />
          <Skeleton className="h-4 w-28" />
        </dd>
      ) : (
        <dd>
          <span
            title={toCount(value)}
            className={`text-xl font-semibold tabular-nums ${value === 0 ? 'text-text' : tone}`}
          >
            {toShortCount(value)}
          </span>
          <span className="ml-2 text-xs text-muted tabular-nums">{toChange(value, before)}</span>
          <span className="block text-xs text-muted">{note}</span>
        </dd>
      )}
    </div>
  )
}

/** "+12 %"; in counts where the day before is too small for a share to mean anything. */
function toChange(value: number, before: number): string {
  if (value === before || Math.abs(value - before) < before / 1_000) return 'as before'
  const sign = value > before ? '+' : '−'
  const distance = Math.abs(value - before)
  return before < 20 || distance / before > 5
    ? `${sign}${toShortCount(distance)}`
    : `${sign}${toShare(distance, before)}`
}
