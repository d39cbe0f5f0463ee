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

const GRANT_TOPICS = ['grants', 'scopes', 'identities', 'evidence', 'endpoints', 'overview', 'findings'] as const

export const createGrant = write('createGrant', ...GRANT_TOPICS)
export const deleteGrant = write('deleteGrant', ...GRANT_TOPICS)
