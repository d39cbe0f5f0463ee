'use client'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { auditEntriesQuery } from '#lib/client/audit.ts'
import { Actor, ChangeWords, type AuditEntry } from '../audit/audit-columns.tsx'
import { AuditSheet } from '../audit/audit-sheet.tsx'
import { toActionWords, toKindWords } from '../audit/audit-words.ts'
import { Button } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { Panel } from '../ui/panel.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'

interface ObjectHistoryProps {
  /** Which entries concern the object. */
  readonly concerns:
    | { readonly targetKind: string; readonly targetId: string }
    /** With its credentials, grants and devices. */
    | { readonly identity: string }
}

/** What belongs to the object is named; the object itself is what the page is about. */
const Part = ({ entry: { targetKind, targetName } }: { readonly entry: AuditEntry }) => (
  <span className="min-w-0 truncate">
    {toKindWords(targetKind).toLowerCase()}{' '}
    <span className="font-mono text-xs">{targetName.replace(/^[^:]*: /, '')}</span>
  </span>
)

interface EntryProps {
  readonly entry: AuditEntry
  readonly ofPart: boolean
  readonly onOpen: () => void
}

const Entry = ({ entry, ofPart, onOpen }: EntryProps) => (
  <li>
    <button type="button" onClick={onOpen} className="flex w-full flex-col gap-0.5 px-4 py-2 text-left hover:bg-hover">
      <span className="flex w-full items-baseline gap-3">
        <span className="shrink-0 font-medium">{toActionWords(entry.action)}</span>
        {ofPart && <Part entry={entry} />}
        <span className="min-w-0 flex-1 truncate text-muted">
          <ChangeWords entry={entry} />
        </span>
      </span>
      <span className="flex w-full min-w-0 items-center gap-2 text-xs text-muted">
        <Actor entry={entry} />
        <RelativeTime at={entry.at} className="shrink-0" />
        {entry.reason !== '' && <span className="min-w-0 truncate">{entry.reason}</span>}
      </span>
    </button>
  </li>
)

/** The audit entries of one object: who changed what, before and after. */
export function ObjectHistory({ concerns }: ObjectHistoryProps) {
  const [openId, setOpenId] = useState<string | null>(null)
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    auditEntriesQuery(concerns),
  )
  const entries = data?.pages.flatMap(({ items }) => items)
  return (
    <Panel id="audit" title="Audit entries" description="Append-only: who changed what, before and after" flush>
      {entries === undefined ? (
        <div className="p-4">
          {error === null ? (
            <SkeletonLines lines={4} />
          ) : (
            <ProblemAlert problem={error} onRetry={() => void refetch()} />
          )}
        </div>
      ) : entries.length === 0 ? (
        <EmptyState title="Nobody changed it yet" />
      ) : (
        <>
          <ol className="divide-y divide-line">
            {entries.map((entry) => (
              <Entry
                key={entry.id}
                entry={entry}
                ofPart={'identity' in concerns && entry.targetKind !== 'identity'}
                onOpen={() => {
                  setOpenId(entry.id)
                }}
              />
            ))}
          </ol>
          {hasNextPage && (
            <div className="border-t border-line p-2">
              <Button variant="ghost" size="sm" pending={isFetchingNextPage} onClick={() => void fetchNextPage()}>
                Older entries
              </Button>
            </div>
          )}
        </>
      )}
      {openId !== null && (
        <AuditSheet
          entry={entries?.find(({ id }) => id === openId)}
          onClose={() => {
            setOpenId(null)
          }}
        />
      )}
    </Panel>
  )
}
