import { describe, expect, it } from 'vitest'
import type { Endpoint } from '#lib/client/object-types.ts'
import { filterEndpoints, pendingServices, type EndpointFilter } from './endpoint-filter.ts'

const FILTER: EndpointFilter = {
  q: '',
  service: [],
  mode: [],
  readiness: [],
  method: [],
  sort: 'service',
  direction: 'asc',
}

const endpoint = (
  id: string,
  serviceSlug: string,
  method: string,
  route: string,
  more: Partial<Endpoint> = {},
): Endpoint => ({
  id,
  serviceSlug,
  serviceName: serviceSlug.toUpperCase(),
  method,
  route,
  description: '',
  source: 'discovered',
  rule: null,
  requiredScopes: [],
  mode: 'off',
  percent: 100,
  confirmation: { state: 'applied', live: 2, confirmed: 2 },
  readiness: 'not-enough-evidence',
  last24Hours: { allowed: 0, 'would-deny': 0, denied: 0, unevaluated: 0 },
  wouldDenyCallers: 0,
  createdAt: '2026-01-01T00:00:00Z',
  updatedAt: '2026-01-01T00:00:00Z',
  lastSeenAt: null,
  version: 1,
  ...more,
})

const FLEET = [
  endpoint('1', 'payments', 'POST', '/refunds', { mode: 'enforce', percent: 100, readiness: 'ready' }),
  endpoint('2', 'orders', 'GET', '/orders/:orderId', { mode: 'log-only' }),
  endpoint('3', 'payments', 'GET', '/refunds', { mode: 'enforce', percent: 10 }),
  endpoint('4', 'orders', 'GET', '/orders', { confirmation: { state: 'pending', live: 2, confirmed: 1 } }),
]
const ids = (endpoints: readonly Endpoint[]) => endpoints.map(({ id }) => id).join('')

describe('endpoints of a list', () => {
  it('finds by words of method, route and service together', () => {
    expect(ids(filterEndpoints(FLEET, { ...FILTER, q: 'post REFUNDS' }))).toBe('1')
    expect(ids(filterEndpoints(FLEET, { ...FILTER, q: 'orders get' }))).toBe('42')
  })

  it('combines filters and takes an empty one for all', () => {
    expect(ids(filterEndpoints(FLEET, { ...FILTER, mode: ['enforce'], method: ['GET'] }))).toBe('3')
    expect(ids(filterEndpoints(FLEET, { ...FILTER, readiness: ['ready'] }))).toBe('1')
  })

  it('sorts by mode and by how many callers enforce holds for', () => {
    expect(ids(filterEndpoints(FLEET, { ...FILTER, sort: 'mode', direction: 'desc' }))).toBe('1324')
  })

  it('knows which services have yet to confirm', () => {
    expect(pendingServices(FLEET)).toEqual(['orders'])
  })
})
