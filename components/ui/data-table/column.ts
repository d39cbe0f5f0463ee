import type { ReactNode } from 'react'

export interface ColumnMeta {
  /** Pixels; a column without one shares what is left. */
  readonly width?: number
  readonly align?: 'left' | 'right'
  /** Leaves the column out below this width of the window. */
  readonly from?: 'md' | 'lg' | 'xl'
  /** The row's own name, for screen readers. */
  readonly isRowHeader?: boolean
}

export interface Column<Row> {
  readonly id: string
  readonly header: string | (() => ReactNode)
  readonly cell: (row: Row) => ReactNode
  /** What rows are sorted by; a column without it cannot be. */
  readonly sortBy?: (row: Row) => string | number
  /** Whether the first click shows the largest first. */
  readonly sortDescFirst?: boolean
  readonly meta?: ColumnMeta
}

export const FROM_CLASSES = { md: 'max-md:hidden', lg: 'max-lg:hidden', xl: 'max-xl:hidden' } as const

export interface Sort {
  readonly column: string
  readonly direction: 'asc' | 'desc'
}
