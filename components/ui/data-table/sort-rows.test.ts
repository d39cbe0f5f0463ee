import { expect, it } from 'vitest'
import type { Column } from './column.ts'
import { sortRows } from './sort-rows.ts'

interface Named {
  readonly name: string
  readonly count: number
}

const columns: Column<Named>[] = [
  { id: 'name', header: 'Name', cell: ({ name }) => name, sortBy: ({ name }) => name },
  { id: 'count', header: 'Count', cell: ({ count }) => count, sortBy: ({ count }) => count },
  { id: 'actions', header: 'Actions', cell: () => null },
]
const rows: readonly Named[] = [
  { name: 'node-10', count: 2 },
  { name: 'Node-9', count: 10 },
  { name: 'api', count: 2 },
]
const namesBy = (column: string, direction: 'asc' | 'desc') =>
  sortRows(rows, columns, { column, direction }).map(({ name }) => name)

it('sorts names without regard to case, and numbers within them as numbers', () => {
  expect(namesBy('name', 'asc')).toEqual(['api', 'Node-9', 'node-10'])
  expect(namesBy('name', 'desc')).toEqual(['node-10', 'Node-9', 'api'])
})

it('sorts counts as numbers, and keeps equal ones as they came in either direction', () => {
  expect(namesBy('count', 'asc')).toEqual(['node-10', 'api', 'Node-9'])
  expect(namesBy('count', 'desc')).toEqual(['Node-9', 'node-10', 'api'])
})

it('leaves rows as they came without a column to sort by', () => {
  expect(sortRows(rows, columns, null)).toBe(rows)
  expect(namesBy('actions', 'asc')).toEqual(['node-10', 'Node-9', 'api'])
  expect(namesBy('unknown', 'asc')).toEqual(['node-10', 'Node-9', 'api'])
})
