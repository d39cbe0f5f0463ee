/** How templates of frameworks are named as endpoints. */
import { expect, it } from 'vitest'
import { RouteTable } from '../src/guard/route-table.ts'
import { toEndpointTemplate } from '../src/guard/template.ts'
import { TestControlPlane } from './control-plane.ts'
import { endpoint } from './fixtures.ts'

it.each([
  ['', '/'],
  ['/', '/'],
  ['orders', '/orders'],
  ['//orders///:id/', '/orders/:id'],
  ['(^/a//b/$)', '/(^/a//b/$)'],
  ['/(^/a//b/$)', '/(^/a//b/$)'],
  [`/${'a'.repeat(499)}`, `/${'a'.repeat(499)}`],
])('spells %s as %s', (template, spelled) => {
  expect(toEndpointTemplate(template)).toBe(spelled)
})

it('tells templates apart that differ beyond what the control plane takes', () => {
  const long = [`/${'a'.repeat(500)}`, `/${'a'.repeat(501)}`, `/(${'a'.repeat(600)})`, `/(${'a'.repeat(600)}b)`]
  const names = long.map(toEndpointTemplate)
  expect(new Set(names).size).toBe(4)
  for (const name of names) {
    expect(name).toHaveLength(500)
    expect(toEndpointTemplate(name)).toBe(name)
  }
})

it('decides a long route by the endpoint that was reported for it', () => {
  const routes = new RouteTable(() => undefined)
  const [known, other] = ['b', 'c'].map((end) => routes.register('GET', `/${'a'.repeat(600)}${end}`))
  const [reported] = routes.list()
  routes.bind(new TestControlPlane([endpoint(`GET ${reported?.route ?? ''}`, 'enforce')]).snapshot)
  expect([known?.binding?.isDeclared, other?.binding?.isDeclared]).toEqual([true, false])
})
