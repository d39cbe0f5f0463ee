import { queryOptions } from '@tanstack/react-query'
import { api } from './api.ts'
import { write } from './topic.ts'

export const scopesQuery = (environment: string, service?: string) =>
  queryOptions({
    queryKey: ['scopes', environment, service ?? null],
    queryFn: ({ signal }) => api('listScopes', { params: { environment }, query: { service, limit: 500 } }, signal),
  })
export const scopeQuery = (environment: string, id: string) =>
  queryOptions({
    queryKey: ['scopes', environment, 'one', id],
    queryFn: ({ signal }) => api('getScope', { params: { environment, id } }, signal),
  })

export const createScope = write('createScope', 'scopes', 'search')
export const updateScope = write('updateScope', 'scopes', 'revisions')
export const deleteScope = write('deleteScope', 'scopes', 'search')
