import { expect, it } from 'vitest'
import { Slug } from '#lib/contract/primitives.ts'
import { toSlug } from './to-slug.ts'

it.each([
  ['Order Service 2', 'order-service-2'],
  ['Überweisungen & Café', 'uberweisungen-cafe'],
  ['  42 answers ', 'answers'],
  ['Ends with a dash -', 'ends-with-a-dash'],
  ['x'.repeat(80), 'x'.repeat(63)],
])('makes a slug of %j', (name, slug) => {
  expect(toSlug(name)).toBe(slug)
  expect(Slug.safeParse(toSlug(name)).success).toBe(true)
})

it('answers nothing where no letter is left', () => {
  expect(toSlug('一二三')).toBe('')
})
