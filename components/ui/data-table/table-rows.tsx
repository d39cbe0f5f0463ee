'use client'
import type { MouseEvent, ReactNode } from 'react'
import { Checkbox } from '../checkbox.tsx'
import { classNames } from '../class-names.ts'
import { FROM_CLASSES, type Column } from './column.ts'

export interface RowProps {
  readonly index: number
  readonly height: number
  readonly isTabStop: boolean
  readonly isSelected: boolean | undefined
  readonly isOpen: boolean
  readonly onFocus: () => void
  readonly onOpen: (() => void) | undefined
  readonly onToggle: ((isRange: boolean) => void) | undefined
}

const ROW =
  'group/row -outline-offset-2 transition-colors hover:bg-hover aria-selected:bg-selected data-open:bg-selected'

/** A click on a link, button or box within the row is its own; text being selected is no click. */
function openUnlessOwn(event: MouseEvent, onOpen: (() => void) | undefined): void {
  if (!onOpen || !(event.target instanceof Element)) return
  if (
    event.target.closest('a,button,input,label,[role="menuitem"]') !== null ||
    window.getSelection()?.toString() !== ''
  )
    return
  onOpen()
}

const rowProps = ({ index, isTabStop, isSelected, isOpen, onFocus, onOpen }: RowProps) => ({
  'data-index': index,
  'data-open': isOpen ? '' : undefined,
  'aria-rowindex': index + 2,
  'aria-selected': isSelected,
  tabIndex: isTabStop ? 0 : -1,
  onFocus,
  onClick: (event: MouseEvent) => {
    openUnlessOwn(event, onOpen)
  },
  className: classNames(ROW, onOpen && 'cursor-pointer'),
})

const SelectBox = ({
  isSelected,
  onToggle,
}: {
  readonly isSelected: boolean
  readonly onToggle: (isRange: boolean) => void
}) => (
  // The click says whether Shift was held; the change does not.
  <Checkbox
    aria-label="Select row"
    tabIndex={-1}
    checked={isSelected}
    readOnly
    onClick={(event) => {
      onToggle(event.shiftKey)
    }}
  />
)

interface BodyRowProps<Row> extends RowProps {
  readonly row: Row
  readonly columns: readonly Column<Row>[]
}

export function BodyRow<Row>(props: BodyRowProps<Row>) {
  const { row, columns, height, isSelected, onToggle } = props
  return (
    <tr {...rowProps(props)}>
      {isSelected !== undefined && onToggle && (
        <td height={height} className="border-b border-line pl-4">
          <SelectBox isSelected={isSelected} onToggle={onToggle} />
        </td>
      )}
      {columns.map(({ id, cell, meta: { align, from, isRowHeader } = {} }) => {
        const content = cell(row)
        const className = classNames(
          'overflow-hidden border-b border-line px-2 text-left font-normal text-ellipsis whitespace-nowrap first:pl-4 last:pr-4 [&>*]:align-middle',
          align === 'right' && 'text-right tabular-nums',
          from && FROM_CLASSES[from],
        )
        return isRowHeader === true ? (
          <th key={id} scope="row" className={className}>
            {content}
          </th>
        ) : (
          <td key={id} height={height} className={className}>
            {content}
          </td>
        )
      })}
    </tr>
  )
}

export function NarrowRow(props: RowProps & { readonly children: ReactNode }) {
  const { height, isSelected, onToggle, children } = props
  return (
    <tr {...rowProps(props)}>
      <td height={height} className="border-b border-line px-4">
        <div className="flex items-center gap-3">
          {isSelected !== undefined && onToggle && <SelectBox isSelected={isSelected} onToggle={onToggle} />}
          <div className="min-w-0 flex-1">{children}</div>
        </div>
      </td>
    </tr>
  )
}

/** Stands for rows that do not exist. Heights are attributes here and above, because the server renders them: see `LoadingTable`. */
export const Space = ({ height, columns }: { readonly height: number; readonly columns: number }) =>
  height <= 0 ? null : (
    <tr aria-hidden>
      <td colSpan={columns} height={height} className="p-0" />
    </tr>
  )
