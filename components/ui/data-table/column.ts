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

// Cell values differ from column to column; the table reads them through each column's own accessor only.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Column<Row> = ColumnDef<Row, any>

export const FROM_CLASSES = { md: 'max-md:hidden', lg: 'max-lg:hidden', xl: 'max-xl:hidden' } as const
