'use client'
import type { ComponentProps, ReactNode } from 'react'
import type { Column } from './column.ts'
import { BodyRow, NarrowRow, Space, type RowProps } from './table-rows.tsx'
import { firstRows, type RowWindow } from './use-virtual-rows.ts'

export type Layout = 'wide' | 'narrow'

/** Which of the two a window gets that no script has measured yet. */
const UNLESS_MEASURED = { wide: 'max-sm:hidden', narrow: 'sm:hidden' } as const

interface TableBodyProps<Row> extends Pick<ComponentProps<'tbody'>, 'ref' | 'onKeyDown'> {
  readonly layout: Layout
  readonly columns: readonly Column<Row>[]
  readonly shown: readonly Row[]
  readonly ids: readonly string[]
  /** Null until the window is measured. */
  readonly visible: RowWindow | null
  readonly columnCount: number
  readonly rowHeight: number
  readonly tabStop: number
  readonly narrow: (row: Row) => ReactNode
  readonly toRowProps: (index: number) => Omit<RowProps, 'height' | 'isTabStop'>
}

export function TableBody<Row>(props: TableBodyProps<Row>) {
  const { layout, columns, shown, ids, visible, columnCount, rowHeight, tabStop, narrow, toRowProps } = props
  const { items, above, below } = visible ?? firstRows(shown.length, rowHeight)
  const span = layout === 'wide' ? columnCount : 1
  return (
    <tbody
      ref={props.ref}
      onKeyDown={props.onKeyDown}
      className={visible === null ? UNLESS_MEASURED[layout] : undefined}
    >
      <Space height={above} columns={span} />
      {items.map(({ index }) => {
        const row = shown[index]
        if (row === undefined) return null
        const rowProps = { ...toRowProps(index), height: rowHeight, isTabStop: index === tabStop }
        return layout === 'wide' ? (
          <BodyRow key={ids[index]} row={row} columns={columns} {...rowProps} />
        ) : (
          <NarrowRow key={ids[index]} {...rowProps}>
            {narrow(row)}
          </NarrowRow>
        )
      })}
      <Space height={below} columns={span} />
    </tbody>
  )
}
