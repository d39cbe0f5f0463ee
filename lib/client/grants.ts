import { queryOptions } from '@tanstack/react-query'
import { api } from './api.ts'
import { write } from './topic.ts'

/** Grants of one identity, of one service's scopes, or of all. */
export const grantsQuery = (
  environment: string,
  filter: { readonly clientId?: string; readonly service?: string } = {},
) =>
  queryOptions({
    queryKey: ['grants', environment, filter],
    queryFn: ({ signal }) => api('listGrants', { params: { environment }, query: { ...filter, limit: 500 } }, signal),
  })

export const createGrant = write('createGrant', 'grants', 'scopes', 'identities', 'evidence', 'endpoints', 'overview')
export const deleteGrant = write('deleteGrant', 'grants', 'scopes', 'identities', 'evidence', 'endpoints', 'overview')
