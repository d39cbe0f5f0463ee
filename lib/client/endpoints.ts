import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api } from './api.ts'
import type { ApiInput } from './api-request.ts'
import { write } from './topic.ts'

const REFRESH_MS = 15_000

export type EndpointFilter = NonNullable<ApiInput<'listEndpoints'>['query']>

export const toEndpointsInput = (environment: string, filter: EndpointFilter): ApiInput<'listEndpoints'> => ({
  params: { environment },
  query: { limit: 2_500, ...filter },
})

/** Endpoints across the fleet; up to 2,500 in one answer. */
export const endpointsQuery = (environment: string, filter: EndpointFilter = {}) =>
  queryOptions({
    queryKey: ['endpoints', environment, 'list', filter],
    queryFn: ({ signal }) => api('listEndpoints', toEndpointsInput(environment, filter), signal),
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
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
