import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api } from './api.ts'
import { toApiPath, type ApiInput } from './api-request.ts'

const REFRESH_MS = 60_000
const CALLERS_ON_A_PAGE = 50

export type LifetimeFilter = Omit<NonNullable<ApiInput<'readLifetimes'>['query']>, 'cursor' | 'limit'>
export type FindingWindow = NonNullable<ApiInput<'readLeastPrivilege'>['query']>
export type FindingExport = NonNullable<ApiInput<'exportFindings'>['query']>

export const lifetimesQuery = (environment: string, filter: LifetimeFilter) =>
  infiniteQueryOptions({
    queryKey: ['findings', environment, 'lifetimes', filter],
    queryFn: ({ signal, pageParam }) =>
      api(
        'readLifetimes',
        { params: { environment }, query: { ...filter, limit: CALLERS_ON_A_PAGE, cursor: pageParam ?? undefined } },
        signal,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
  })
export const leastPrivilegeQuery = (environment: string, window: FindingWindow) =>
  queryOptions({
    queryKey: ['findings', environment, 'least-privilege', window],
    queryFn: ({ signal }) => api('readLeastPrivilege', { params: { environment }, query: window }, signal),
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
  })
export const stalledQuery = (environment: string, window: FindingWindow) =>
  queryOptions({
    queryKey: ['findings', environment, 'stalled', window],
    queryFn: ({ signal }) => api('readStalled', { params: { environment }, query: window }, signal),
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
  })
/** Of one identity, or of all. */
export const sharedCredentialsQuery = (environment: string, clientId?: string) =>
  queryOptions({
    queryKey: ['findings', environment, 'shared-credentials', clientId ?? null],
    queryFn: ({ signal }) => api('listSharedCredentials', { params: { environment }, query: { clientId } }, signal),
    refetchInterval: REFRESH_MS,
  })

export const toFindingExportPath = (environment: string, query: FindingExport): string =>
  toApiPath('exportFindings', { params: { environment }, query })
