import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api } from './api.ts'
import type { ApiInput } from './api-request.ts'
import { write } from './topic.ts'

const REFRESH_MS = 15_000

export type EndpointFilter = NonNullable<ApiInput<'listEndpoints'>['query']>

export const toEndpointsInput = (environment: string, filter: EndpointFilter): ApiInput<'listEndpoints'> => ({
  params: { environment },
  query: { limit: 2_500, ...filter },
})

/** Endpoints across the fleet; up to 2,500 in one answer: more are paged through. */
export const endpointsQuery = (environment: string, filter: EndpointFilter = {}) =>
  queryOptions({
    queryKey: ['endpoints', environment, 'list', filter],
    queryFn: ({ signal }) => api('listEndpoints', toEndpointsInput(environment, filter), signal),
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
  })

const PAGE = 500
const PAGE_REFRESH_MS = 30_000

/** The same, page after page as they are asked for. The more of them there are, the less often they are read anew: a page in half a minute. */
export const endpointPagesQuery = (environment: string, filter: EndpointFilter) =>
  infiniteQueryOptions({
    queryKey: ['endpoints', environment, 'pages', filter],
    queryFn: ({ signal, pageParam: cursor }) =>
      api(
        'listEndpoints',
        toEndpointsInput(environment, { ...filter, limit: PAGE, ...(cursor === null ? {} : { cursor }) }),
        signal,
      ),
    initialPageParam: null as string | null, // the first page has no cursor
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => PAGE_REFRESH_MS * (state.data?.pages.length ?? 1),
  })

export const endpointQuery = (environment: string, id: string) =>
  queryOptions({
    queryKey: ['endpoints', environment, 'one', id],
    queryFn: ({ signal }) => api('getEndpoint', { params: { environment, id } }, signal),
    refetchInterval: 5_000,
  })

export const createEndpoint = write('createEndpoint', 'endpoints', 'services', 'overview', 'revisions', 'search')
export const updateEndpoint = write(
  'updateEndpoint',
  'endpoints',
  'evidence',
  'scopes',
  'overview',
  'revisions',
  'findings',
)
export const deleteEndpoint = write('deleteEndpoint', 'endpoints', 'services', 'overview', 'revisions', 'search')
export const setEndpointRules = write(
  'setEndpointRules',
  'endpoints',
  'evidence',
  'scopes',
  'overview',
  'revisions',
  'findings',
)
