import type { ColumnDef, RowData } from '@tanstack/react-table'

declare module '@tanstack/react-table' {
  // The parameters repeat the declaration that is extended.
  interface ColumnMeta<TData extends RowData, TValue> {
    /** Pixels; a column without one shares what is left. */
    readonly width?: number
    readonly align?: 'left' | 'right'
    /** Leaves the column out below this width of the window. */
    readonly from?: 'md' | 'lg' | 'xl'
    /** The row's own name, for screen readers. */
    readonly isRowHeader?: boolean
    readonly label?: string
    readonly _row?: (row: TData) => TValue
  }
}

/** A column reads its cells from the row (`row.original`); the accessor is what it sorts by. */
export type Column<Row> = ColumnDef<Row>

export const FROM_CLASSES = { md: 'max-md:hidden', lg: 'max-lg:hidden', xl: 'max-xl:hidden' } as const

export interface Sort {
  readonly column: string
  readonly direction: 'asc' | 'desc'
}
