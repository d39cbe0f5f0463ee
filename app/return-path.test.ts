import { expect, it } from 'vitest'
import { toReturnPath } from './return-path.ts'

it('keeps paths of this origin', () => {
  expect(toReturnPath('/e/production/decisions?outcome=denied')).toBe('/e/production/decisions?outcome=denied')
})

it.each([
  '//evil.example',
  '/\\evil.example',
  'https://evil.example',
  'javascript:alert(1)',
  '/%0a//',
  '',
  null,
  '/..//evil.example',
  '/sign-in?return=/sign-in',
])('goes home instead of to %s', (value) => {
  expect(['/', '/%0a//']).toContain(toReturnPath(value))
})
