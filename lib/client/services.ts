import { queryOptions } from '@tanstack/react-query'
import { api } from './api.ts'
import type { ApiInput } from './api-request.ts'
import { write } from './topic.ts'

const REFRESH_MS = 15_000

export const toServicesInput = (environment: string): ApiInput<'listServices'> => ({
  params: { environment },
  query: { limit: 500 },
})
export const servicesQuery = (environment: string) =>
  queryOptions({
    queryKey: ['services', environment],
    queryFn: ({ signal }) => api('listServices', toServicesInput(environment), signal),
    refetchInterval: REFRESH_MS,
  })
export const serviceQuery = (environment: string, service: string) =>
  queryOptions({
    queryKey: ['services', environment, service],
    queryFn: ({ signal }) => api('getService', { params: { environment, service } }, signal),
    refetchInterval: REFRESH_MS,
  })

export const createService = write('createService', 'services', 'identities', 'overview', 'search')
export const updateService = write('updateService', 'services', 'endpoints', 'search')
export const deleteService = write(
  'deleteService',
  'services',
  'identities',
  'endpoints',
  'scopes',
  'grants',
  'overview',
  'search',
)
export const updateServiceSetting = write('updateServiceSetting', 'services', 'overview', 'revisions')
export const importOpenApi = write(
  'importOpenApi',
  'services',
  'endpoints',
  'scopes',
  'overview',
  'revisions',
  'search',
)
