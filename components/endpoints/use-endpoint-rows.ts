'use client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import { endpointsQuery } from '#lib/client/endpoints.ts'
import type { Endpoint } from '#lib/client/object-types.ts'
import { pendingEndpointsQuery } from '#lib/client/pending-endpoints.ts'
import { filterEndpoints, pendingServices, type EndpointFilter } from './endpoint-filter.ts'
import { toFirstScreenQuery, toListQuery, withinService } from './endpoint-list-query.ts'

const FLEET_REFRESH_MS = 30_000
/** What one answer holds. */
const FLEET_MAX = 2_500
const NO_ENDPOINTS: readonly Endpoint[] = []

/**
 * The rows of the list. A screenful comes filtered and sorted by the server, with the page itself where it can; once the whole fleet is there, filters and
 * sorting take no request. A fleet above what one answer holds stays with the server.
 */
export function useEndpointRows(environment: string, filter: EndpointFilter, service?: string) {
  const effective = useMemo(() => withinService(filter, service), [filter, service])
  const wholeFleet = endpointsQuery(environment, service === undefined ? {} : { service: [service] })
  const [isAsked, setAsked] = useState(useQueryClient().getQueryData(wholeFleet.queryKey) !== undefined)
  const all = useQuery({ ...wholeFleet, enabled: isAsked, refetchInterval: FLEET_REFRESH_MS })
  const known = all.isPlaceholderData ? undefined : all.data
  const isWhole = known?.nextCursor === null
  const byServer = useQuery({
    ...endpointsQuery(
      environment,
      known === undefined ? toFirstScreenQuery(effective) : { ...toListQuery(effective), limit: FLEET_MAX },
    ),
    enabled: !isWhole,
    refetchInterval: false,
  })
  // After the screenful, which would wait behind it.
  const isAnswered = byServer.data !== undefined || byServer.isError
  useEffect(() => {
    if (isAnswered) setAsked(true)
  }, [isAnswered])
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
    isGrowing: all.isPending && !all.isError,
    problem: query.error ?? all.error,
    retry: () => void all.refetch(),
  }
}
