import { expect, test } from 'vitest'
import { createBoundedMemory } from './bounded-memory.ts'

test('what was kept first is forgotten beyond the number of entries', () => {
  const memory = createBoundedMemory<number>({ entriesMax: 2, charactersMax: 100 })
  for (const [value, key] of ['a', 'b', 'c'].entries()) memory.keep(key, value)
  expect(['a', 'b', 'c'].map((key) => memory.find(key))).toEqual([undefined, 1, 2])
})

test('long keys count as long as they are, and one too long for all is not kept', () => {
  const memory = createBoundedMemory<number>({ entriesMax: 100, charactersMax: 10 })
  memory.keep('abcdef', 1)
  memory.keep('x'.repeat(11), 2)
  expect(memory.find('x'.repeat(11))).toBeUndefined()
  expect(memory.find('abcdef')).toBe(1)
  memory.keep('ghijk', 3)
  expect([memory.find('abcdef'), memory.find('ghijk')]).toEqual([undefined, 3])
})

test('a key that is kept twice counts once', () => {
  const memory = createBoundedMemory<number>({ entriesMax: 10, charactersMax: 10 })
  for (let round = 0; round < 5; round++) memory.keep('abcd', round)
  memory.keep('efgh', 9)
  expect([memory.find('abcd'), memory.find('efgh')]).toEqual([0, 9])
})
