import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api } from './api.ts'
import { toApiPath, type ApiInput } from './api-request.ts'

const REFRESH_MS = 10_000
const SAMPLES_ON_A_PAGE = 100

export type SeriesFilter = NonNullable<ApiInput<'readSeries'>['query']>
export type TopFilter = NonNullable<ApiInput<'readTop'>['query']>
export type SampleFilter = Omit<NonNullable<ApiInput<'listSamples'>['query']>, 'cursor' | 'limit'>

export const seriesQuery = (environment: string, filter: SeriesFilter, isLive = true) =>
  queryOptions({
    queryKey: ['decisions', environment, 'series', filter],
    queryFn: ({ signal }) => api('readSeries', { params: { environment }, query: filter }, signal),
    placeholderData: keepPreviousData,
    refetchInterval: isLive ? REFRESH_MS : false,
  })
export const topQuery = (environment: string, filter: TopFilter, isLive = true) =>
  queryOptions({
    queryKey: ['decisions', environment, 'top', filter],
    queryFn: ({ signal }) => api('readTop', { params: { environment }, query: filter }, signal),
    placeholderData: keepPreviousData,
    refetchInterval: isLive ? REFRESH_MS : false,
  })
export const samplesQuery = (environment: string, filter: SampleFilter, isLive = true) =>
  infiniteQueryOptions({
    queryKey: ['decisions', environment, 'samples', filter],
    queryFn: ({ signal, pageParam }) =>
      api(
        'listSamples',
        { params: { environment }, query: { ...filter, limit: SAMPLES_ON_A_PAGE, cursor: pageParam ?? undefined } },
        signal,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: keepPreviousData,
    refetchInterval: isLive ? REFRESH_MS : false,
  })
/** A decision does not change once it is made. */
export const sampleQuery = (environment: string, id: string) =>
  queryOptions({
    queryKey: ['decisions', environment, 'sample', id],
    queryFn: ({ signal }) => api('getSample', { params: { environment, id } }, signal),
    staleTime: Infinity,
  })

export type DecisionExport = NonNullable<ApiInput<'exportDecisions'>['query']>
export const toDecisionExportPath = (environment: string, query: DecisionExport): string =>
  toApiPath('exportDecisions', { params: { environment }, query })
