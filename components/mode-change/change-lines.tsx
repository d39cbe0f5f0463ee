import { ArrowRight } from 'lucide-react'
import type { ModeChangePreview } from '#lib/client/object-types.ts'
import { ModeBadge } from '../ui/status-badges.tsx'
import { toPlural } from '../ui/words.ts'
import { changeDirection } from './change-direction.ts'

type Item = ModeChangePreview['items'][number]

interface ChangeGroup {
  readonly key: string
  readonly from: Item['from']
  readonly to: Item['to']
  readonly count: number
}

/** The same step of several endpoints, once. */
function groupChanges(items: readonly Item[]): ChangeGroup[] {
  const groups = new Map<string, ChangeGroup>()
  for (const { from, to } of items) {
    const key = `${from.mode} ${String(from.mode === 'enforce' ? from.percent : 100)}`
    groups.set(key, { key, from, to, count: (groups.get(key)?.count ?? 0) + 1 })
  }
  return [...groups.values()].sort((left, right) => right.count - left.count)
}

/** Exactly what changes: before, after, and of how many endpoints. */
export function ChangeLines({ items }: { readonly items: readonly Item[] }) {
  return (
    <ul aria-label="The change" className="flex flex-col gap-1.5 rounded-lg border border-line px-3 py-2.5">
      {groupChanges(items).map(({ key, from, to, count }) => (
        <li key={key} className="flex flex-wrap items-center gap-2">
          <span className="sr-only">from</span>
          <ModeBadge {...from} />
          <ArrowRight aria-hidden className="size-3.5 text-faint" />
          <span className="sr-only">to</span>
          <ModeBadge {...to} />
          <span className="text-muted">
            {changeDirection(from, to) === 'same' ? 'stays as it is' : ''}
            {items.length > 1 && ` ${toPlural(count, 'endpoint')}`}
          </span>
        </li>
      ))}
    </ul>
  )
}
