'use client'
import type { ReactNode } from 'react'
import type { ApiProblem } from '#lib/client/api-problem.ts'
import { ProblemAlert } from '../problem-alert.tsx'
import type { Column, Sort } from './column.ts'
import { LoadingTable } from './loading-table.tsx'
import { TableGrid } from './table-grid.tsx'

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
  /** How many rows there are, where not all of them are here. */
  readonly total?: number
  /** The last rows come into sight: where more of them can be had, this is the moment. */
  readonly onNearEnd?: (() => void) | undefined
  /** The row that is open beside the table. */
  readonly openId?: string | null
  /** The whole row on a phone, in two or three dense lines. */
  readonly narrow: (row: Row) => ReactNode
  readonly rowHeight?: number
  readonly narrowRowHeight?: number
  /** Whether the header sticks below the bar of the shell. */
  readonly stickyTop?: 'shell' | 'none'
  readonly empty: ReactNode
  readonly footer?: ReactNode
  readonly loadingRows?: number
}

/** A table that stays smooth at thousands of rows: only those near the window exist. The server renders the first ones. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { rows, problem, onRetry, empty, footer, rowHeight = 40, loadingRows = 10 } = props
  if (rows === undefined) {
    if (problem) return <Refused problem={problem} onRetry={onRetry} />
    return <LoadingTable rows={loadingRows} rowHeight={rowHeight} />
  }
  if (rows.length === 0) return <>{empty}</>
  return (
    <>
      <TableGrid {...props} rows={rows} />
      {footer !== undefined && <div className="border-t border-line px-4 py-2 text-xs text-muted">{footer}</div>}
    </>
  )
}

const Refused = ({
  problem,
  onRetry,
}: {
  readonly problem: ApiProblem
  readonly onRetry: (() => void) | undefined
}) => (
  <div className="p-4">
    <ProblemAlert problem={problem} onRetry={onRetry} />
  </div>
)
