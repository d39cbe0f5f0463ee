'use client'
import type { ReactNode } from 'react'
import type { ApiProblem } from '#lib/client/api-problem.ts'
import { Panel } from '../ui/panel.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { toCount } from '../ui/words.ts'

interface FindingPanelProps<Item> {
  readonly id: string
  readonly title: string
  readonly description: string
  readonly actions?: ReactNode
  /** Undefined while it is loaded for the first time. */
  readonly list: { readonly items: readonly Item[]; readonly total: number } | undefined
  readonly itemId: (item: Item) => string
  readonly problem: ApiProblem | null
  readonly onRetry: () => void
  readonly empty: ReactNode
  readonly children: (item: Item) => ReactNode
}

/** A titled list of findings; what one answer does not hold is said. */
export function FindingPanel<Item>({ list, problem, onRetry, empty, ...props }: FindingPanelProps<Item>) {
  const { id, title, description, actions, itemId, children } = props
  const heading =
    list === undefined || list.total === 0 ? (
      title
    ) : (
      <>
        {title} <span className="font-normal text-faint tabular-nums">{toCount(list.total)}</span>
      </>
    )
  return (
    <Panel id={id} title={heading} description={description} actions={list?.total === 0 ? undefined : actions} flush>
      {list === undefined && (
        <div className="p-4">
          {problem === null ? <SkeletonLines lines={5} /> : <ProblemAlert problem={problem} onRetry={onRetry} />}
        </div>
      )}
      {list?.items.length === 0 && empty}
      {list !== undefined && list.items.length > 0 && (
        <ul aria-labelledby={id} className="divide-y divide-line">
          {list.items.map((item) => (
            <li key={itemId(item)} className="px-4 py-3">
              {children(item)}
            </li>
          ))}
        </ul>
      )}
      {list !== undefined && list.total > list.items.length && (
        <p className="border-t border-line px-4 py-2 text-xs text-muted">
          {toCount(list.items.length)} of {toCount(list.total)} are shown; an export holds all of them.
        </p>
      )}
    </Panel>
  )
}
