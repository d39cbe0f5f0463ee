import { queryOptions, type InfiniteData, type QueryClient } from '@tanstack/react-query'
import { api } from './api.ts'
import type { Endpoint } from './object-types.ts'
import type { RouteResponse } from '../contract/routes.ts'

const POLL_MS = 1_500

const renew = (newer: ReadonlyMap<string, Endpoint>, row: Endpoint): Endpoint => {
  const other = newer.get(row.id)
  return other !== undefined && other.version >= row.version ? other : row
}

type ListPage = RouteResponse<'listEndpoints'>

/** Puts newer readings of some endpoints into whatever was read of them before. */
export function refreshEndpoints(client: QueryClient, environment: string, endpoints: readonly Endpoint[]): void {
  const newer = new Map(endpoints.map((endpoint) => [endpoint.id, endpoint]))
  const renewPage = (page: ListPage): ListPage => ({ ...page, items: page.items.map((row) => renew(newer, row)) })
  client.setQueriesData<ListPage>({ queryKey: ['endpoints', environment, 'list'] }, (page) => page && renewPage(page))
  client.setQueriesData<InfiniteData<ListPage>>(
    { queryKey: ['endpoints', environment, 'pages'] },
    (read) => read && { ...read, pages: read.pages.map(renewPage) },
  )
  client.setQueriesData<Endpoint>({ queryKey: ['endpoints', environment, 'one'] }, (row) => row && renew(newer, row))
}

/** While instances of these services have yet to confirm a change, their endpoints are read often, and put into the lists. */
export const pendingEndpointsQuery = (environment: string, services: readonly string[]) =>
  queryOptions({
    queryKey: ['endpoints', environment, 'pending', services],
    queryFn: async ({ signal, client }) => {
      const { items } = await api(
        'listEndpoints',
        { params: { environment }, query: { service: [...services], limit: 2_500 } },
        signal,
      )
      refreshEndpoints(client, environment, items)
      return items.length
    },
    enabled: services.length > 0,
    refetchInterval: POLL_MS,
    staleTime: 0,
  })
