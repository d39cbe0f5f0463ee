'use client'
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import { endpointPagesQuery, endpointsQuery } from '#lib/client/endpoints.ts'
import type { Endpoint } from '#lib/client/object-types.ts'
import { pendingEndpointsQuery } from '#lib/client/pending-endpoints.ts'
import { useSettled } from '../evidence/use-settled.ts'
import { filterEndpoints, pendingServices, withoutRepeats, type EndpointFilter } from './endpoint-filter.ts'
import { toFirstScreenQuery, toListQuery, withinService } from './endpoint-list-query.ts'

const FLEET_REFRESH_MS = 30_000
const NO_ENDPOINTS: readonly Endpoint[] = []

/** A screenful, filtered and sorted by the server, with the page itself where it can; until more than that is known. */
function useFirstScreen(environment: string, filter: EndpointFilter, isEnough: boolean) {
  const { data, error, isError } = useQuery({
    ...endpointsQuery(environment, toFirstScreenQuery(filter)),
    enabled: !isEnough,
    refetchInterval: false,
  })
  const rows = useMemo(() => data && filterEndpoints(data.items, filter), [data, filter])
  return { rows, total: data?.total, error, isAnswered: data !== undefined || isError }
}

/** Every endpoint, where one answer holds them all. */
function useWholeFleet(environment: string, service: string | undefined) {
  const query = endpointsQuery(environment, service === undefined ? {} : { service: [service] })
  const [isAsked, setAsked] = useState(useQueryClient().getQueryData(query.queryKey) !== undefined)
  const { data, error, isPending, isError, isPlaceholderData, refetch } = useQuery({
    ...query,
    enabled: isAsked,
    refetchInterval: ({ state }) => (typeof state.data?.nextCursor === 'string' ? false : FLEET_REFRESH_MS),
  })
  const known = isPlaceholderData ? undefined : data
  return {
    whole: known?.nextCursor === null ? known : undefined,
    isLarge: known !== undefined && known.nextCursor !== null,
    isGrowing: isPending && !isError,
    error,
    ask: () => {
      setAsked(true)
    },
    retry: () => void refetch(),
  }
}

/** A fleet above what one answer holds stays with the server, which searches and sorts all of it; its pages come as they are scrolled to. */
function usePages(environment: string, filter: EndpointFilter, isLarge: boolean) {
  const words = useSettled(filter.q)
  const asked = useMemo(() => toListQuery({ ...filter, q: words }), [filter, words])
  const { data, error, hasNextPage, isFetchingNextPage, isPlaceholderData, fetchNextPage } = useInfiniteQuery({
    ...endpointPagesQuery(environment, asked),
    enabled: isLarge,
  })
  const rows = useMemo(() => data && withoutRepeats(data.pages.flatMap(({ items }) => items)), [data])
  return {
    rows,
    total: data?.pages.at(-1)?.total,
    error,
    /** What is shown answers an earlier question. */
    isBusy: isLarge && (isPlaceholderData || words !== filter.q),
    more: {
      isLeft: hasNextPage && !isPlaceholderData,
      isLoading: isFetchingNextPage,
      load: () => {
        if (!isFetchingNextPage) void fetchNextPage()
      },
    },
  }
}

/** The rows of the list. Once the whole fleet is there, filters and sorting take no request. */
export function useEndpointRows(environment: string, filter: EndpointFilter, service?: string) {
  const effective = useMemo(() => withinService(filter, service), [filter, service])
  const { whole, isLarge, isGrowing, ask, ...fleet } = useWholeFleet(environment, service)
  const first = useFirstScreen(environment, effective, whole !== undefined || isLarge)
  const pages = usePages(environment, effective, isLarge)
  // After the screenful, which would wait behind it.
  useEffect(() => {
    if (first.isAnswered) ask()
  }, [first.isAnswered])
  const ofFleet = useMemo(() => whole && filterEndpoints(whole.items, effective), [whole, effective])
  const rows = ofFleet ?? pages.rows ?? first.rows
  useQuery(
    pendingEndpointsQuery(
      environment,
      useMemo(() => pendingServices(rows ?? NO_ENDPOINTS), [rows]),
    ),
  )
  return {
    rows,
    /** Null where only the server knows all of them. */
    all: whole?.items ?? null,
    total: whole?.total ?? pages.total ?? first.total ?? 0,
    isLarge,
    isGrowing,
    isBusy: pages.isBusy,
    more: pages.more,
    problem: fleet.error ?? (isLarge ? pages.error : whole === undefined ? first.error : null),
    retry: fleet.retry,
  }
}
