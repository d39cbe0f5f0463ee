'use client'
import { useEffect, useMemo, useRef } from 'react'
import type { DataTableProps } from './data-table.tsx'
import { withToggled } from './selection.ts'
import { sortRows } from './sort-rows.ts'
import { TableBody, type Layout } from './table-body.tsx'
import { ColumnWidths, TableHead } from './table-head.tsx'
import type { RowProps } from './table-rows.tsx'
import { useHydrated, useNarrow } from './use-media.ts'
import { useRowKeys } from './use-row-keys.ts'
import { useVirtualRows } from './use-virtual-rows.ts'

type TableGridProps<Row> = DataTableProps<Row> & { readonly rows: readonly Row[] }

export function TableGrid<Row>(props: TableGridProps<Row>) {
  const { label, columns, rows, rowId, sort = null, isSortedOutside = false, selection, narrow } = props
  const isNarrow = useNarrow()
  const isHydrated = useHydrated()
  const heights = { wide: props.rowHeight ?? 40, narrow: props.narrowRowHeight ?? 64 }
  const measured: Layout = isNarrow ? 'narrow' : 'wide'
  const layouts: readonly Layout[] = isHydrated ? [measured] : ['wide', 'narrow']
  const shown = useMemo(
    () => (isSortedOutside ? rows : sortRows(rows, columns, sort)),
    [rows, columns, sort, isSortedOutside],
  )
  const ids = useMemo(() => shown.map(rowId), [shown, rowId])
  const { ref, scrollToIndex, ...visible } = useVirtualRows(shown.length, heights[measured])
  const { items } = visible
  useNearEnd(items.at(-1)?.index ?? 0, shown.length, props.onNearEnd)
  const { toRowProps, onKeyDown, tabStop } = useRows(props, shown, ids, { ref, items, scrollToIndex })
  return (
    <table
      role="grid"
      aria-label={label}
      aria-rowcount={(props.total ?? shown.length) + 1}
      aria-multiselectable={selection ? true : undefined}
      className="w-full table-fixed"
    >
      {layouts.includes('wide') && <ColumnWidths columns={columns} hasSelection={selection !== undefined} />}
      <TableHead {...props} ids={ids} layouts={layouts} sort={sort} />
      {layouts.map((layout) => (
        <TableBody
          key={layout}
          ref={layout === measured ? ref : undefined}
          layout={layout}
          columns={columns}
          shown={shown}
          ids={ids}
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

const NEAR_ROWS = 40

function useNearEnd(lastIndex: number, count: number, onNearEnd: (() => void) | undefined): void {
  const isNear = lastIndex >= count - NEAR_ROWS
  useEffect(() => {
    if (isNear) onNearEnd?.()
    // Once each time the end comes near, and again for the end of what came.
  }, [isNear, count])
}

type VirtualRows = Pick<ReturnType<typeof useVirtualRows>, 'ref' | 'items' | 'scrollToIndex'>

/** What rows do: open, be selected alone or up to the one before, take the focus. */
function useRows<Row>(
  { selection, onSelection, onOpen, openId }: TableGridProps<Row>,
  shown: readonly Row[],
  ids: readonly string[],
  { ref, items, scrollToIndex }: VirtualRows,
) {
  const anchor = useRef<string | null>(null)
  const toggle = (index: number, isRange: boolean) => {
    const id = ids[index]
    if (id === undefined || !selection || !onSelection) return
    onSelection(withToggled(selection, ids, id, isRange ? anchor.current : null))
    anchor.current = id
  }
  const open = (index: number) => {
    const row = shown[index]
    if (row !== undefined) onOpen?.(row)
  }
  const keys = useRowKeys({
    count: shown.length,
    body: ref,
    scrollToIndex,
    onOpen: open,
    onToggle: onSelection && toggle,
  })
  const isActiveShown = items.some(({ index }) => index === keys.active)
  return {
    onKeyDown: keys.onKeyDown,
    tabStop: isActiveShown ? keys.active : (items[0]?.index ?? 0),
    toRowProps: (index: number): Omit<RowProps, 'height' | 'isTabStop'> => ({
      index,
      isSelected: selection?.has(ids[index] ?? ''),
      isOpen: openId !== undefined && openId === ids[index],
      onFocus: () => {
        keys.setActive(index)
      },
      onOpen:
        onOpen &&
        (() => {
          open(index)
        }),
      onToggle:
        onSelection &&
        ((isRange) => {
          toggle(index, isRange)
        }),
    }),
  }
}
