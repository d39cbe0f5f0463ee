'use client'
import dynamic from 'next/dynamic'
import { useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from 'react'
import type { Endpoint } from '#lib/client/object-types.ts'
import { MODES, type Mode } from '#lib/policy/vocabulary.ts'
import { useModeChangeSheet } from '../mode-change/use-mode-change-sheet.tsx'
import { useCommands } from '../shell/commands.ts'
import { useEnvironment, useEnvironmentPath } from '../shell/environment-context.tsx'
import { Button } from '../ui/button.tsx'
import { classNames } from '../ui/class-names.ts'
import { DataTable } from '../ui/data-table/data-table.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { useGo } from '../ui/unsaved.ts'
import { whenIdle } from '../ui/when-idle.ts'
import { MODE_WORDS, toCount, toPlural } from '../ui/words.ts'
import { NarrowEndpoint, toEndpointColumns } from './endpoint-columns.tsx'
import { ENDPOINT_SORTS } from './endpoint-filter.ts'
import { EndpointFilters, SEARCH_ID } from './endpoint-filters.tsx'
import { useEndpointParams } from './endpoint-params.ts'
import { MODE_KEYS } from './mode-keys.ts'
import { useEndpointRows } from './use-endpoint-rows.ts'

const loadBulkBar = async () => (await import('./bulk-bar.tsx')).BulkBar
if (typeof window !== 'undefined') whenIdle(() => void loadBulkBar())

const BulkBar = dynamic(loadBulkBar, { ssr: false })
const BulkRuleDialog = dynamic(async () => (await import('../rules/bulk-rule-dialog.tsx')).BulkRuleDialog, {
  ssr: false,
})

interface EndpointsTableProps {
  /** Only those of one service. */
  readonly service?: string
  /** Where no endpoint is known at all. */
  readonly empty: ReactNode
}

/** The row that has the keyboard's focus, as keys for rows mean it. */
function focusedIndex(): number | null {
  const row = document.activeElement?.closest<HTMLElement>('tr[data-index]')
  return row ? Number(row.dataset['index']) : null
}

/** A function that stays the same and does what it was last given, so that commands are registered once. */
function useLatest<Argument>(run: (argument: Argument) => void): (argument: Argument) => void {
  const latest = useRef(run)
  useEffect(() => {
    latest.current = run
  })
  return useCallback((argument) => {
    latest.current(argument)
  }, [])
}

function useModeCommands(openForTarget: (mode: Mode) => void) {
  useCommands(
    useMemo(
      () => [
        ...MODES.toReversed().map((mode) => ({
          id: `mode-${mode}`,
          title: `Change mode of the row or selection to ${MODE_WORDS[mode]}`,
          shortcut: MODE_KEYS[mode],
          run: () => {
            openForTarget(mode)
          },
        })),
        {
          id: 'endpoint-search',
          title: 'Search in this list',
          shortcut: 'f',
          run: () => {
            document.getElementById(SEARCH_ID)?.focus()
          },
        },
      ],
      [openForTarget],
    ),
  )
}

const isPlainEscape = (event: KeyboardEvent): boolean =>
  event.key === 'Escape' && !event.defaultPrevented && document.querySelector('[role="dialog"]') === null

function useEscape(onEscape: () => void) {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (isPlainEscape(event)) onEscape()
    }
    document.addEventListener('keydown', listen)
    return () => {
      document.removeEventListener('keydown', listen)
    }
  }, [onEscape])
}

const NOTHING: ReadonlySet<string> = new Set()
const NO_ROWS: readonly Endpoint[] = []

function useSelection(rows: readonly Endpoint[] | undefined) {
  const [ids, setIds] = useState(NOTHING)
  const selected = useMemo(() => (rows ?? []).filter(({ id }) => ids.has(id)), [rows, ids])
  useEscape(
    useMemo(
      () => () => {
        setIds(NOTHING)
      },
      [],
    ),
  )
  return {
    ids,
    setIds,
    selected,
    clear: () => {
      setIds(NOTHING)
    },
  }
}

type Listed = ReturnType<typeof useEndpointRows>

interface PartNoteProps {
  readonly shown: number
  readonly total: number
  readonly isFiltered: boolean
}

/** Of a fleet above what one answer holds: how much of it is here, and how the rest is found. */
const PartNote = ({ shown, total, isFiltered }: PartNoteProps) => (
  <p className="text-muted">
    The first {toCount(shown)} of {toPlural(total, 'endpoint')}
    {isFiltered && ' that fit'}. Others follow as you scroll; search, filters and sorting look through all of them.
  </p>
)

function Footer({ shown, listed }: { readonly shown: number; readonly listed: Listed }) {
  const { total, isLarge, isGrowing, more } = listed
  if (isLarge && total > shown) {
    return (
      <span className="flex flex-wrap items-center justify-between gap-2">
        The first {toCount(shown)} of {toPlural(total, 'endpoint')}.
        <Button size="sm" pending={more.isLoading} onClick={more.load}>
          Show more
        </Button>
      </span>
    )
  }
  if (isGrowing && total > shown)
    return `The first ${toCount(shown)} of ${toPlural(total, 'endpoint')}. The others are being loaded.`
  return shown === total ? toPlural(total, 'endpoint') : `${toCount(shown)} of ${toPlural(total, 'endpoint')}`
}

/** Every endpoint with its mode at a glance: filter, sort, select, change. */
export function EndpointsTable({ service, empty }: EndpointsTableProps) {
  const environment = useEnvironment()
  const toPath = useEnvironmentPath()
  const go = useGo()
  const { filter, setFilter, clear, isFiltered } = useEndpointParams()
  const listed = useEndpointRows(environment, filter, service)
  const { rows, total, isLarge, isBusy, more, problem, retry } = listed
  const selection = useSelection(rows)
  const [isRuleOpen, setRuleOpen] = useState(false)
  const { openModeChange, modeChangeSheet } = useModeChangeSheet()
  const withService = service === undefined
  const columns = useMemo(() => toEndpointColumns({ toPath, withService }), [toPath, withService])

  const openForTarget = useLatest((mode: Mode) => {
    const focused = rows?.[focusedIndex() ?? -1]
    const endpoints = selection.selected.length > 0 || focused === undefined ? selection.selected : [focused]
    openModeChange({ endpoints, mode })
  })
  useModeCommands(openForTarget)

  return (
    <div className="flex flex-col gap-3">
      <EndpointFilters
        filter={filter}
        onChange={setFilter}
        onClear={clear}
        isFiltered={isFiltered}
        known={{ all: listed.all, shown: rows ?? NO_ROWS, isLarge }}
        withoutService={!withService}
      />
      {isLarge && rows !== undefined && rows.length < total && (
        <PartNote shown={rows.length} total={total} isFiltered={isFiltered} />
      )}
      <div
        aria-busy={isBusy || undefined}
        className={classNames(
          'overflow-x-clip rounded-lg border border-line transition-opacity',
          isBusy && 'opacity-60',
        )}
      >
        <DataTable
          label="Endpoints"
          columns={columns}
          rows={rows}
          rowId={({ id }) => id}
          problem={problem}
          onRetry={retry}
          sort={{ column: filter.sort, direction: filter.direction }}
          onSort={({ column, direction }) => {
            const sort = ENDPOINT_SORTS.find((each) => each === column)
            if (sort !== undefined) setFilter({ sort, direction })
          }}
          isSortedOutside
          selection={selection.ids}
          onSelection={selection.setIds}
          {...(isLarge ? { total, onNearEnd: more.isLeft ? more.load : undefined } : {})}
          onOpen={({ id }) => {
            go(toPath(`/endpoints/${id}`))
          }}
          narrow={(endpoint) => <NarrowEndpoint endpoint={endpoint} toPath={toPath} withService={withService} />}
          empty={
            isFiltered ? (
              <EmptyState
                title="No endpoint fits the filter"
                action={<Button onClick={clear}>Clear the filter</Button>}
              />
            ) : (
              empty
            )
          }
          footer={rows && rows.length > 0 ? <Footer shown={rows.length} listed={listed} /> : undefined}
          narrowRowHeight={88}
          loadingRows={18}
        />
      </div>
      {selection.selected.length > 0 && (
        <BulkBar
          endpoints={selection.selected}
          onMode={(mode) => {
            openModeChange({ endpoints: selection.selected, mode })
          }}
          onRule={() => {
            setRuleOpen(true)
          }}
          onClear={selection.clear}
        />
      )}
      {isRuleOpen && (
        <BulkRuleDialog
          endpoints={selection.selected}
          onClose={() => {
            setRuleOpen(false)
          }}
        />
      )}
      {modeChangeSheet}
    </div>
  )
}
