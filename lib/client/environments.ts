import { queryOptions } from '@tanstack/react-query'
import { api } from './api.ts'
import { write } from './topic.ts'

export const environmentsQuery = () =>
  queryOptions({
    queryKey: ['environments'],
    queryFn: ({ signal }) => api('listEnvironments', {}, signal),
    staleTime: 60_000,
  })
export const environmentQuery = (environment: string) =>
  queryOptions({
    queryKey: ['environments', environment],
    queryFn: ({ signal }) => api('getEnvironment', { params: { environment } }, signal),
  })

export const createEnvironment = write('createEnvironment', 'environments')
export const updateEnvironment = write('updateEnvironment', 'environments', 'revisions')
