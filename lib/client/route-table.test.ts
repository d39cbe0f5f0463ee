import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { routes } from '../contract/routes.ts'
import { toRouteTable } from './to-route-table.ts'

it('says what the contract says (else run: node lib/client/write-route-table.ts)', () => {
  expect(readFileSync(new URL('route-table.ts', import.meta.url), 'utf8')).toBe(toRouteTable(routes))
})
