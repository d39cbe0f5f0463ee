import type { Column, Sort } from './column.ts'

/** As people order names: without regard to case, and 9 before 10. */
const names = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

function compare(left: string | number, right: string | number): number {
  return typeof left === 'number' && typeof right === 'number'
    ? left - right
    : names.compare(String(left), String(right))
}

/** Rows in the order of one column; equal ones stay in the order they came in. */
export function sortRows<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  sort: Sort | null,
): readonly Row[] {
  const sortBy = columns.find(({ id }) => id === sort?.column)?.sortBy
  if (sortBy === undefined) return rows
  const sign = sort?.direction === 'desc' ? -1 : 1
  return rows.toSorted((left, right) => sign * compare(sortBy(left), sortBy(right)))
}
