import { queryOptions } from '@tanstack/react-query'
import type { RouteResponse } from '../../contract/routes.ts'
import { api } from '../api.ts'
import { readAll } from '../read-all.ts'
import { write } from '../topic.ts'

export type ServicePosture = RouteResponse<'getService'>
export type Instance = RouteResponse<'listInstances'>['items'][number]

const PAGE = 500
const INSTANCES_POLL_MS = 10_000

export const allServices = (environment: string) =>
  queryOptions({
    queryKey: ['services', environment, 'all'],
    queryFn: ({ signal }) => readAll('listServices', { params: { environment }, query: { limit: PAGE } }, signal),
  })

export const oneService = (environment: string, service: string) =>
  queryOptions({
    queryKey: ['services', environment, 'one', service],
    queryFn: ({ signal }) => api('getService', { params: { environment, service } }, signal),
  })

export const serviceInstances = (environment: string, service: string) =>
  queryOptions({
    queryKey: ['instances', environment, service],
    queryFn: ({ signal }) => readAll('listInstances', { params: { environment }, query: { service, limit: PAGE } }, signal),
    refetchInterval: INSTANCES_POLL_MS,
  })

export const createService = write('createService', 'services', 'identities', 'overview', 'search')
export const updateService = write('updateService', 'services', 'endpoints', 'identities', 'search')
export const deleteService = write('deleteService', 'services', 'endpoints', 'identities', 'scopes', 'grants', 'overview', 'search')
export const updateServiceSetting = write('updateServiceSetting', 'services', 'revisions')
