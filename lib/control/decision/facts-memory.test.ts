import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SignatureFacts } from '../../contract/machine.ts'
import { createFactsMemory } from './facts-memory.ts'
import type { ReadSignatureFacts } from './facts-reader.ts'

const source = { environmentId: 'environment', serviceId: 'service', replayed: false }
const counts = { revision: 1, count: 1, firstAt: 'then', lastAt: 'then', tokenAges: null }
const itemOf = (facts: object) => ({ ...facts, ...counts })
const readOf = (hash: string) => ({ hash }) as ReadSignatureFacts // what is kept is not looked at

const facts = fc.record({
  route: fc.constantFrom('/a', '/b'),
  caller: fc.constantFrom(null, 'null', 'x'),
  scopes: fc.array(fc.constantFrom('a', 'b', 'a,b'), { maxLength: 3 }),
  context: fc.option(
    fc.dictionary(fc.constantFrom('country', 'device'), fc.constantFrom('a', null, 1), { noNullPrototype: true }),
  ),
})

test('finds exactly what was kept, whatever is left out, added or told otherwise', () => {
  fc.assert(
    fc.property(fc.array(facts, { maxLength: 12 }), facts, (kept, asked) => {
      const memoryOf = createFactsMemory()
      const memory = memoryOf(source)
      for (const each of kept) memory.keep(itemOf(each), readOf(JSON.stringify(each)))
      const text = JSON.stringify(asked)
      const isKept = kept.some((each) => JSON.stringify(each) === text)
      const found = memory.find(itemOf(asked))?.hash
      // The order of names is the one difference that is none.
      if (isKept) expect(found).toBeDefined()
      if (found !== undefined) expect(JSON.parse(found)).toEqual(asked)
      expect(memory.find({ ...itemOf(asked), more: 1 })).toBeUndefined()
      expect(memory.find(asked)).toBeUndefined()
      expect(memoryOf({ ...source, serviceId: 'other' }).find(itemOf(asked))).toBeUndefined()
      expect(memoryOf({ ...source, replayed: true }).find(itemOf(asked))).toBeUndefined()
    }),
  )
})

test.each(Object.keys(SignatureFacts.shape))('compares %s', (name) => {
  const memory = createFactsMemory()(source)
  const kept = Object.fromEntries(Object.keys(SignatureFacts.shape).map((each) => [each, null]))
  memory.keep(itemOf(kept), readOf('kept'))
  expect(memory.find(itemOf(kept))?.hash).toBe('kept')
  expect(memory.find(itemOf({ ...kept, [name]: 'other' }))).toBeUndefined()
  const { [name]: _, ...without } = kept
  expect(memory.find(itemOf(without))).toBeUndefined()
  expect(memory.find(itemOf({ ...without, bogus: null }))).toBeUndefined()
})

test('counts are no facts, and have to be there', () => {
  const memory = createFactsMemory()(source)
  memory.keep(itemOf({ route: '/a' }), readOf('a'))
  expect(memory.find({ ...itemOf({ route: '/a' }), count: 7, tokenAges: [1] })?.hash).toBe('a')
  const { count: _, ...without } = itemOf({ route: '/a' })
  expect(memory.find(without)).toBeUndefined()
})

test('forgets what was kept first, beyond its number and beyond its space, and remembers few that are alike', () => {
  const routes = Array.from({ length: 10 }, (_, number) => itemOf({ route: `/${number}` }))
  const few = createFactsMemory(4)(source)
  const small = createFactsMemory(100, 3_000)(source)
  for (const memory of [few, small]) for (const item of routes) memory.keep(item, readOf('kept'))
  const found = (memory: typeof few) => routes.filter((item) => memory.find(item) !== undefined).length
  expect(found(few)).toBe(4)
  expect(found(small)).toBeGreaterThan(0)
  expect(found(small)).toBeLessThan(8)
  const alike = Array.from({ length: 40 }, (_, number) => itemOf({ route: '/a', scopes: [String(number)] }))
  const memory = createFactsMemory()(source)
  for (const item of alike) memory.keep(item, readOf('kept'))
  expect(alike.filter((item) => memory.find(item) !== undefined).length).toBe(32)
})
