import { QueryClient } from '@tanstack/react-query'
import { expect, it } from 'vitest'
import { endpointPagesQuery, endpointsQuery } from './endpoints.ts'
import type { Endpoint } from './object-types.ts'
import { refreshEndpoints } from './pending-endpoints.ts'

const row = (id: string, version: number) => ({ id, version }) as Endpoint // the two fields that are compared

it('puts newer readings of endpoints in place and never older ones', () => {
  const client = new QueryClient()
  const { queryKey } = endpointsQuery('production')
  client.setQueryData(queryKey, { items: [row('a', 2), row('b', 2)], nextCursor: null, total: 2 })
  refreshEndpoints(client, 'production', [row('a', 3), row('b', 1), row('unknown', 1)])
  expect(client.getQueryData(queryKey)?.items.map(({ version }) => version)).toEqual([3, 2])
})

it('finds them on whichever page of a long list they are', () => {
  const client = new QueryClient()
  const { queryKey } = endpointPagesQuery('production', {})
  const toPage = (...items: Endpoint[]) => ({ items, nextCursor: null, total: 2 })
  client.setQueryData(queryKey, { pages: [toPage(row('a', 2)), toPage(row('b', 2))], pageParams: [null, 'next'] })
  refreshEndpoints(client, 'production', [row('b', 3)])
  const versions = client.getQueryData(queryKey)?.pages.map(({ items }) => items.map(({ version }) => version))
  expect(versions).toEqual([[2], [3]])
})
