import { expect, it } from 'vitest'
import { rangeBetween, withToggled } from './selection.ts'

const ids = ['a', 'b', 'c', 'd', 'e']

it('selects one row and takes it back', () => {
  const once = withToggled(new Set(), ids, 'b', null)
  expect([...once]).toEqual(['b'])
  expect([...withToggled(once, ids, 'b', null)]).toEqual([])
})

it('selects everything between the anchor and the row, in either direction', () => {
  expect([...withToggled(new Set(['d']), ids, 'b', 'd')].sort()).toEqual(['b', 'c', 'd'])
  expect(rangeBetween(ids, 'b', 'd')).toEqual(['b', 'c', 'd'])
})

it('takes back a range when the row was selected', () => {
  expect([...withToggled(new Set(ids), ids, 'c', 'a')]).toEqual(['d', 'e'])
})

it('selects only the row when the anchor is no longer shown', () => {
  expect([...withToggled(new Set(), ids, 'b', 'gone')]).toEqual(['b'])
})
