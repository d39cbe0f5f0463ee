'use client'
import type { Row as TableRow } from '@tanstack/react-table'
import type { ComponentProps, ReactNode } from 'react'
import { BodyRow, NarrowRow, Space, type RowProps } from './table-rows.tsx'
import { firstRows, type RowWindow } from './use-virtual-rows.ts'

export type Layout = 'wide' | 'narrow'

/** Which of the two a window gets that no script has measured yet. */
const UNLESS_MEASURED = { wide: 'max-sm:hidden', narrow: 'sm:hidden' } as const

interface TableBodyProps<Row> extends Pick<ComponentProps<'tbody'>, 'ref' | 'onKeyDown'> {
  readonly layout: Layout
  readonly shown: readonly TableRow<Row>[]
  /** Null until the window is measured. */
  readonly visible: RowWindow | null
  readonly columnCount: number
  readonly rowHeight: number
  readonly tabStop: number
  readonly narrow: (row: Row) => ReactNode
  readonly toRowProps: (row: TableRow<Row>, index: number) => Omit<RowProps<Row>, 'height' | 'isTabStop'>
}

export function TableBody<Row>(props: TableBodyProps<Row>) {
  const { layout, shown, visible, columnCount, rowHeight, tabStop, narrow, toRowProps, ref, onKeyDown } = props
  const { items, above, below } = visible ?? firstRows(shown.length, rowHeight)
  const columns = layout === 'wide' ? columnCount : 1
  return (
    <tbody ref={ref} onKeyDown={onKeyDown} className={visible === null ? UNLESS_MEASURED[layout] : undefined}>
      <Space height={above} columns={columns} />
      {items.map(({ index }) => {
        const row = shown[index]
        if (!row) return null
        const rowProps = { ...toRowProps(row, index), height: rowHeight, isTabStop: index === tabStop }
        return layout === 'wide' ? (
          <BodyRow key={row.id} {...rowProps} />
        ) : (
          <NarrowRow key={row.id} {...rowProps}>
            {narrow(row.original)}
          </NarrowRow>
        )
      })}
      <Space height={below} columns={columns} />
    </tbody>
  )
}
