'use client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import { endpointsQuery } from '#lib/client/endpoints.ts'
import type { Endpoint } from '#lib/client/object-types.ts'
import { pendingEndpointsQuery } from '#lib/client/pending-endpoints.ts'
import { filterEndpoints, pendingServices, type EndpointFilter } from './endpoint-filter.ts'

const FIRST_SCREEN = 60
const FLEET_REFRESH_MS = 30_000
const NO_ENDPOINTS: readonly Endpoint[] = []

const toListQuery = ({ q, service, mode, readiness, method, sort, direction }: EndpointFilter) => ({
  q,
  service: [...service],
  mode: [...mode],
  readiness: [...readiness],
  method: [...method],
  sort,
  direction,
})

/**
 * The rows of the list. A screenful comes filtered and sorted by the server; once the whole fleet is there, filters and
 * sorting take no request. A fleet above what one answer holds stays with the server.
 */
export function useEndpointRows(environment: string, filter: EndpointFilter, service?: string) {
  const effective = useMemo(
    () => (service === undefined ? filter : { ...filter, service: [service] }),
    [filter, service],
  )
  const wholeFleet = endpointsQuery(environment, service === undefined ? {} : { service: [service] })
  const known = useQueryClient().getQueryData(wholeFleet.queryKey)
  const isWhole = known?.nextCursor === null
  const byServer = useQuery({
    ...endpointsQuery(environment, { ...toListQuery(effective), limit: known === undefined ? FIRST_SCREEN : 2_500 }),
    enabled: !isWhole,
    refetchInterval: false,
  })
  // After the screenful, which would wait behind it.
  const all = useQuery({
    ...wholeFleet,
    enabled: known !== undefined || byServer.isFetched,
    refetchInterval: FLEET_REFRESH_MS,
  })
  const source = isWhole ? known : byServer.data
  const rows = useMemo(() => source && filterEndpoints(source.items, effective), [source, effective])
  useQuery(
    pendingEndpointsQuery(
      environment,
      useMemo(() => pendingServices(source?.items ?? NO_ENDPOINTS), [source]),
    ),
  )
  const query = isWhole ? all : byServer
  return {
    rows,
    all: source?.items ?? NO_ENDPOINTS,
    total: source?.total ?? 0,
    isWhole,
    problem: query.error ?? all.error,
    retry: () => void all.refetch(),
  }
}
