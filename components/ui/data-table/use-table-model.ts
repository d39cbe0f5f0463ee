'use client'
import { getCoreRowModel, getSortedRowModel, useReactTable, type SortingState, type Table } from '@tanstack/react-table'
import { useMemo } from 'react'
import type { Column } from './column.ts'
import type { Sort } from './column.ts'

interface TableModel<Row> {
  readonly rows: readonly Row[]
  readonly columns: readonly Column<Row>[]
  readonly rowId: (row: Row) => string
  readonly sort: Sort | null
  readonly isSortedOutside: boolean
}

/** Columns and rows as react-table knows them, sorted. */
export function useTableModel<Row>({ rows, columns, rowId, sort, isSortedOutside }: TableModel<Row>): Table<Row> {
  const column = sort?.column
  const direction = sort?.direction
  const sorting = useMemo(
    (): SortingState => (column === undefined ? [] : [{ id: column, desc: direction === 'desc' }]),
    [column, direction],
  )
  return useReactTable<Row>({
    data: rows as Row[], // the table never writes to its data
    columns: columns as Column<Row>[], // nor to its columns
    getRowId: rowId,
    state: { sorting },
    manualSorting: isSortedOutside,
    // There are no pages to go back to; resetting them would render again for each new sorting.
    autoResetAll: false,
    getCoreRowModel: getCoreRowModel(),
    getSortedRowModel: getSortedRowModel(),
  })
}
