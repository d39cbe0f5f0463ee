'use client'
import { ArrowDown, ArrowUp, ChevronsUpDown } from 'lucide-react'
import { Checkbox } from '../checkbox.tsx'
import { classNames } from '../class-names.ts'
import { FROM_CLASSES, type Column, type Sort } from './column.ts'
import type { Layout } from './table-body.tsx'

interface TableHeadProps<Row> {
  readonly columns: readonly Column<Row>[]
  /** Of every row shown, for the box that selects them all. */
  readonly ids: readonly string[]
  /** Both until the window is measured. */
  readonly layouts: readonly Layout[]
  readonly sort: Sort | null
  readonly onSort?: (sort: Sort) => void
  readonly selection?: ReadonlySet<string>
  readonly onSelection?: (selection: ReadonlySet<string>) => void
  readonly stickyTop?: 'shell' | 'none'
}

const STICKY = { shell: 'sticky top-12 z-10', none: '' } as const

export function TableHead<Row>({
  columns,
  ids,
  layouts,
  sort,
  onSort,
  selection,
  onSelection,
  stickyTop = 'shell',
}: TableHeadProps<Row>) {
  if (!layouts.includes('wide'))
    return (
      <thead className="sr-only">
        <tr>
          <th scope="col">Row</th>
        </tr>
      </thead>
    )
  return (
    <thead className={classNames(STICKY[stickyTop], layouts.includes('narrow') && 'max-sm:hidden')}>
      <tr aria-rowindex={1}>
        {selection && onSelection && <SelectAll ids={ids} selection={selection} onSelection={onSelection} />}
        {columns.map((column) => (
          <HeadCell key={column.id} column={column} sort={sort} onSort={onSort} />
        ))}
      </tr>
    </thead>
  )
}

/** Widths as attributes, which a strict content security policy allows where the server renders them. */
export const ColumnWidths = <Row,>({
  columns,
  hasSelection,
}: {
  readonly columns: readonly Column<Row>[]
  readonly hasSelection: boolean
}) => (
  <colgroup>
    {hasSelection && <col width={44} className="max-sm:hidden" />}
    {columns.map(({ id, meta }) => (
      <col key={id} width={meta?.width} className={meta?.from ? FROM_CLASSES[meta.from] : 'max-sm:hidden'} />
    ))}
  </colgroup>
)

const CELL = 'h-9 border-b border-line bg-sidebar px-2 text-left text-xs font-medium text-muted first:pl-4 last:pr-4'

function SelectAll({
  ids,
  selection,
  onSelection,
}: {
  readonly ids: readonly string[]
  readonly selection: ReadonlySet<string>
  readonly onSelection: (selection: ReadonlySet<string>) => void
}) {
  const count = ids.filter((id) => selection.has(id)).length
  const isAll = ids.length > 0 && count === ids.length
  return (
    <th scope="col" className={CELL}>
      <Checkbox
        aria-label={isAll ? 'Select none' : 'Select all'}
        checked={isAll}
        indeterminate={count > 0 && !isAll}
        onChange={() => {
          onSelection(isAll ? new Set() : new Set(ids))
        }}
      />
    </th>
  )
}

function HeadCell<Row>({
  column,
  sort,
  onSort,
}: {
  readonly column: Column<Row>
  readonly sort: Sort | null
  readonly onSort: ((sort: Sort) => void) | undefined
}) {
  const { id, header, sortBy, sortDescFirst = false, meta: { align, from } = {} } = column
  const title = typeof header === 'string' ? header : header()
  const isSortable = onSort !== undefined && sortBy !== undefined
  const direction = sort?.column === id ? sort.direction : null
  return (
    <th
      scope="col"
      aria-sort={
        direction === null ? (isSortable ? 'none' : undefined) : direction === 'asc' ? 'ascending' : 'descending'
      }
      className={classNames(CELL, align === 'right' && 'text-right', from && FROM_CLASSES[from])}
    >
      {isSortable ? (
        <button
          type="button"
          onClick={() => {
            onSort({
              column: id,
              direction: direction === null ? (sortDescFirst ? 'desc' : 'asc') : direction === 'asc' ? 'desc' : 'asc',
            })
          }}
          className={classNames(
            'group inline-flex h-7 max-w-full items-center gap-1 rounded-sm hover:text-text',
            direction !== null && 'text-text',
            align === 'right' && 'flex-row-reverse',
          )}
        >
          <span className="truncate">{title}</span>
          <SortIcon direction={direction} />
        </button>
      ) : (
        title
      )}
    </th>
  )
}

function SortIcon({ direction }: { readonly direction: 'asc' | 'desc' | null }) {
  if (direction === null)
    return (
      <ChevronsUpDown aria-hidden className="size-3 opacity-0 group-hover:opacity-60 group-focus-visible:opacity-60" />
    )
  const Icon = direction === 'asc' ? ArrowUp : ArrowDown
  return <Icon aria-hidden className="size-3" />
}
