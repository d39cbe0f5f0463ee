'use client'
import {
  getCoreRowModel,
  getSortedRowModel,
  useReactTable,
  type Row as TableRow,
  type SortingState,
} from '@tanstack/react-table'
import { useMemo, useRef, type ReactNode } from 'react'
import { classNames } from '../class-names.ts'
import { ProblemAlert } from '../problem-alert.tsx'
import type { ApiProblem } from '#lib/client/api-problem.ts'
import type { Column } from './column.ts'
import { ColumnWidths, TableHead } from './table-head.tsx'
import { BodyRow, LoadingRows, NarrowRow, Space } from './table-rows.tsx'
import { withToggled } from './selection.ts'
import { useNarrow } from './use-media.ts'
import { useRowKeys } from './use-row-keys.ts'
import { useVirtualRows } from './use-virtual-rows.ts'

export interface Sort {
  readonly column: string
  readonly direction: 'asc' | 'desc'
}

export interface DataTableProps<Row> {
  /** What the rows are, for screen readers. */
  readonly label: string
  readonly columns: readonly Column<Row>[]
  /** Undefined while they are loaded for the first time. */
  readonly rows: readonly Row[] | undefined
  readonly rowId: (row: Row) => string
  readonly problem?: ApiProblem | null | undefined
  readonly onRetry?: () => void
  readonly sort?: Sort | null
  readonly onSort?: (sort: Sort) => void
  /** The rows come sorted; the headers only say how. */
  readonly isSortedOutside?: boolean
  readonly selection?: ReadonlySet<string>
  readonly onSelection?: (selection: ReadonlySet<string>) => void
  readonly onOpen?: (row: Row) => void
  /** The row that is open beside the table. */
  readonly openId?: string | null
  /** The whole row on a phone, in two or three dense lines. */
  readonly narrow: (row: Row) => ReactNode
  readonly rowHeight?: number
  readonly narrowRowHeight?: number
  /** Distance of the sticky header from the top, where something sticks above it. */
  readonly stickyTop?: 'shell' | 'none'
  readonly empty: ReactNode
  readonly footer?: ReactNode
  readonly loadingRows?: number
}

/** A table that stays smooth at thousands of rows: only those near the window exist. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const {
    label,
    columns,
    rows,
    rowId,
    problem,
    onRetry,
    sort = null,
    isSortedOutside = false,
    selection,
    onSelection,
    onOpen,
    openId,
    narrow,
    rowHeight = 40,
    narrowRowHeight = 64,
    empty,
    footer,
    loadingRows = 10,
  } = props
  const isNarrow = useNarrow()
  const anchor = useRef<string | null>(null)
  const sorting = useMemo(
    (): SortingState => (sort === null ? [] : [{ id: sort.column, desc: sort.direction === 'desc' }]),
    [sort?.column, sort?.direction],
  )
  const table = useReactTable<Row>({
    data: (rows ?? NO_ROWS) as Row[], // the table never writes to its data
    columns: columns as Column<Row>[], // nor to its columns
    getRowId: rowId,
    state: { sorting },
    manualSorting: isSortedOutside,
    // There are no pages to go back to; resetting them would render again for each new sorting.
    autoResetAll: false,
    getCoreRowModel: getCoreRowModel(),
    getSortedRowModel: getSortedRowModel(),
  })
  const shown = table.getRowModel().rows
  const { ref, items, above, below, scrollToIndex } = useVirtualRows(
    shown.length,
    isNarrow ? narrowRowHeight : rowHeight,
  )
  const toggle = (row: TableRow<Row>, isRange: boolean) => {
    if (!selection || !onSelection) return
    onSelection(
      withToggled(
        selection,
        shown.map(({ id }) => id),
        row.id,
        isRange ? anchor.current : null,
      ),
    )
    anchor.current = row.id
  }
  const at = (index: number, then: (row: TableRow<Row>) => void) => {
    const row = shown[index]
    if (row) then(row)
  }
  const keys = useRowKeys({
    count: shown.length,
    body: ref,
    scrollToIndex,
    onOpen: (index) => {
      at(index, (row) => onOpen?.(row.original))
    },
    onToggle:
      onSelection &&
      ((index, isRange) => {
        at(index, (row) => {
          toggle(row, isRange)
        })
      }),
  })
  const firstShown = items[0]?.index ?? 0
  const tabStop = items.some(({ index }) => index === keys.active) ? keys.active : firstShown
  const columnCount = isNarrow ? 1 : columns.length + (selection ? 1 : 0)
  const isLoading = rows === undefined && (problem === null || problem === undefined)

  if (problem && rows === undefined)
    return (
      <div className="p-4">
        <ProblemAlert problem={problem} onRetry={onRetry} />
      </div>
    )
  if (rows?.length === 0) return <>{empty}</>
  return (
    <>
      <table
        role="grid"
        aria-label={label}
        aria-rowcount={shown.length + 1}
        aria-busy={isLoading || undefined}
        aria-multiselectable={selection ? true : undefined}
        className="w-full table-fixed"
      >
        {!isNarrow && <ColumnWidths table={table} hasSelection={selection !== undefined} />}
        <TableHead {...props} table={table} isNarrow={isNarrow} sort={sort} />
        <tbody ref={ref} onKeyDown={keys.onKeyDown}>
          {isLoading && (
            <LoadingRows count={loadingRows} columns={columnCount} height={isNarrow ? narrowRowHeight : rowHeight} />
          )}
          <Space height={above} columns={columnCount} />
          {items.map(({ index }) => {
            const row = shown[index]
            if (!row) return null
            const common = {
              row,
              index,
              isTabStop: index === tabStop,
              isSelected: selection?.has(row.id),
              isOpen: openId === row.id,
              onFocus: () => {
                keys.setActive(index)
              },
              onOpen:
                onOpen &&
                (() => {
                  onOpen(row.original)
                }),
              onToggle:
                onSelection &&
                ((isRange: boolean) => {
                  toggle(row, isRange)
                }),
            }
            return isNarrow ? (
              <NarrowRow key={row.id} {...common} height={narrowRowHeight}>
                {narrow(row.original)}
              </NarrowRow>
            ) : (
              <BodyRow key={row.id} {...common} height={rowHeight} />
            )
          })}
          <Space height={below} columns={columnCount} />
        </tbody>
      </table>
      {footer !== undefined && (
        <div className={classNames('border-t border-line px-4 py-2 text-xs text-muted')}>{footer}</div>
      )}
    </>
  )
}

const NO_ROWS: readonly never[] = []
