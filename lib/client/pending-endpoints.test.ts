import { QueryClient } from '@tanstack/react-query'
import { expect, it } from 'vitest'
import { endpointsQuery } from './endpoints.ts'
import type { Endpoint } from './object-types.ts'
import { refreshEndpoints } from './pending-endpoints.ts'

it('puts newer readings of endpoints in place and never older ones', () => {
  const client = new QueryClient()
  const { queryKey } = endpointsQuery('production')
  const row = (id: string, version: number) => ({ id, version }) as Endpoint // the two fields that are compared
  client.setQueryData(queryKey, { items: [row('a', 2), row('b', 2)], nextCursor: null, total: 2 })
  refreshEndpoints(client, 'production', [row('a', 3), row('b', 1), row('unknown', 1)])
  expect(client.getQueryData(queryKey)?.items.map(({ version }) => version)).toEqual([3, 2])
})
