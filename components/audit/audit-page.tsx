'use client'
import { useInfiniteQuery } from '@tanstack/react-query'
import { parseAsString, useQueryState } from 'nuqs'
import { ScrollText } from 'lucide-react'
import { auditEntriesQuery } from '#lib/client/audit.ts'
import { Button } from '@/components/ui/button.tsx'
import { DataTable } from '@/components/ui/data-table/data-table.tsx'
import { EmptyState } from '@/components/ui/empty-state.tsx'
import { PageHeader } from '@/components/ui/page-header.tsx'
import { toPlural } from '@/components/ui/words.ts'
import { AUDIT_COLUMNS, NarrowEntry } from './audit-columns.tsx'
import { AuditExport } from './audit-export.tsx'
import { AuditFilters } from './audit-filters.tsx'
import { AuditSheet } from './audit-sheet.tsx'
import { AuditVerification } from './audit-verification.tsx'
import { useAuditFilter } from './use-audit-filter.ts'

export function AuditPage() {
  const state = useAuditFilter()
  const [openId, setOpenId] = useQueryState('entry', parseAsString.withOptions({ history: 'push' }))
  const query = useInfiniteQuery(auditEntriesQuery(state.filter))
  const rows = query.data?.pages.flatMap(({ items }) => items)
  return (
    <>
      <PageHeader
        title="Audit log"
        description="Who changed what, in every environment. Entries are never changed or deleted, and each is chained to the one before."
        actions={
          <>
            <AuditVerification />
            <AuditExport filter={state.filter} />
          </>
        }
      />
      <div className="space-y-4">
        <AuditFilters state={state} />
        <div className="rounded-lg border border-line bg-raised">
          <DataTable
            label="Audit entries"
            columns={AUDIT_COLUMNS}
            rows={rows}
            rowId={({ id }) => id}
            problem={query.error}
            onRetry={() => void query.refetch()}
            onOpen={({ id }) => void setOpenId(id)}
            openId={openId}
            narrow={(entry) => <NarrowEntry entry={entry} />}
            narrowRowHeight={76}
            loadingRows={16}
            empty={<NoEntries isFiltered={state.isFiltered} onReset={state.reset} />}
            footer={
              <div className="flex min-h-8 items-center justify-between gap-4">
                <span>{rows === undefined ? '' : toPlural(rows.length, 'entry', 'entries')} shown, newest first</span>
                {query.hasNextPage && (
                  <Button size="sm" pending={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                    Show older
                  </Button>
                )}
              </div>
            }
          />
        </div>
      </div>
      {openId !== null && rows !== undefined && (
        <AuditSheet entry={rows.find(({ id }) => id === openId)} onClose={() => void setOpenId(null)} />
      )}
    </>
  )
}

const NoEntries = ({ isFiltered, onReset }: { readonly isFiltered: boolean; readonly onReset: () => void }) => (
  <EmptyState
    icon={ScrollText}
    title={isFiltered ? 'No entry fits these filters' : 'Nothing has been changed yet'}
    action={isFiltered ? <Button onClick={onReset}>Reset the filters</Button> : undefined}
  >
    {isFiltered
      ? 'Widen the time, or look for fewer words.'
      : 'Whatever somebody changes from now on is kept here, with what it was before.'}
  </EmptyState>
)
