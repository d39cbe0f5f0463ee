'use client'
import type { Row as TableRow } from '@tanstack/react-table'
import { useRef } from 'react'
import type { DataTableProps } from './data-table.tsx'
import { withToggled } from './selection.ts'
import { TableBody, type Layout } from './table-body.tsx'
import { ColumnWidths, TableHead } from './table-head.tsx'
import type { RowProps } from './table-rows.tsx'
import { useHydrated, useNarrow } from './use-media.ts'
import { useRowKeys } from './use-row-keys.ts'
import { useTableModel } from './use-table-model.ts'
import { useVirtualRows } from './use-virtual-rows.ts'

type TableGridProps<Row> = DataTableProps<Row> & { readonly rows: readonly Row[] }

export function TableGrid<Row>(props: TableGridProps<Row>) {
  const { label, columns, rows, rowId, sort = null, isSortedOutside = false, selection, narrow } = props
  const isNarrow = useNarrow()
  const isHydrated = useHydrated()
  const heights = { wide: props.rowHeight ?? 40, narrow: props.narrowRowHeight ?? 64 }
  const measured: Layout = isNarrow ? 'narrow' : 'wide'
  const layouts: readonly Layout[] = isHydrated ? [measured] : ['wide', 'narrow']
  const table = useTableModel({ rows, columns, rowId, sort, isSortedOutside })
  const shown = table.getRowModel().rows
  const { ref, scrollToIndex, ...visible } = useVirtualRows(shown.length, heights[measured])
  const { items } = visible
  const { toRowProps, onKeyDown, tabStop } = useRows(props, shown, { ref, items, scrollToIndex })
  return (
    <table
      role="grid"
      aria-label={label}
      aria-rowcount={shown.length + 1}
      aria-multiselectable={selection ? true : undefined}
      className="w-full table-fixed"
    >
      {layouts.includes('wide') && <ColumnWidths table={table} hasSelection={selection !== undefined} />}
      <TableHead {...props} table={table} layouts={layouts} sort={sort} />
      {layouts.map((layout) => (
        <TableBody
          key={layout}
          ref={layout === measured ? ref : undefined}
          layout={layout}
          shown={shown}
          visible={isHydrated ? visible : null}
          columnCount={columns.length + (selection ? 1 : 0)}
          rowHeight={heights[layout]}
          tabStop={tabStop}
          narrow={narrow}
          toRowProps={toRowProps}
          onKeyDown={onKeyDown}
        />
      ))}
    </table>
  )
}

type VirtualRows = Pick<ReturnType<typeof useVirtualRows>, 'ref' | 'items' | 'scrollToIndex'>

/** What rows do: open, be selected alone or up to the one before, take the focus. */
function useRows<Row>(
  { selection, onSelection, onOpen, openId }: TableGridProps<Row>,
  shown: readonly TableRow<Row>[],
  { ref, items, scrollToIndex }: VirtualRows,
) {
  const anchor = useRef<string | null>(null)
  const toggle = (row: TableRow<Row> | undefined, isRange: boolean) => {
    if (!row || !selection || !onSelection) return
    const ids = shown.map(({ id }) => id)
    onSelection(withToggled(selection, ids, row.id, isRange ? anchor.current : null))
    anchor.current = row.id
  }
  const open = (row: TableRow<Row> | undefined) => {
    if (row) onOpen?.(row.original)
  }
  const keys = useRowKeys({
    count: shown.length,
    body: ref,
    scrollToIndex,
    onOpen: (index) => {
      open(shown[index])
    },
    onToggle:
      onSelection &&
      ((index, isRange) => {
        toggle(shown[index], isRange)
      }),
  })
  const isActiveShown = items.some(({ index }) => index === keys.active)
  return {
    onKeyDown: keys.onKeyDown,
    tabStop: isActiveShown ? keys.active : (items[0]?.index ?? 0),
    toRowProps: (row: TableRow<Row>, index: number): Omit<RowProps<Row>, 'height' | 'isTabStop'> => ({
      row,
      index,
      isSelected: selection?.has(row.id),
      isOpen: openId === row.id,
      onFocus: () => {
        keys.setActive(index)
      },
      onOpen:
        onOpen &&
        (() => {
          open(row)
        }),
      onToggle:
        onSelection &&
        ((isRange) => {
          toggle(row, isRange)
        }),
    }),
  }
}
