import { queryOptions } from '@tanstack/react-query'
import { api } from './api.ts'
import type { ApiInput } from './api-request.ts'
import { write } from './topic.ts'

export const toIdentitiesInput = (environment: string): ApiInput<'listIdentities'> => ({
  params: { environment },
  query: { limit: 500 },
})
export const identitiesQuery = (environment: string) =>
  queryOptions({
    queryKey: ['identities', environment],
    queryFn: ({ signal }) => api('listIdentities', toIdentitiesInput(environment), signal),
    refetchInterval: 30_000,
  })
export const identityQuery = (environment: string, clientId: string) =>
  queryOptions({
    queryKey: ['identities', environment, clientId],
    queryFn: ({ signal }) => api('getIdentity', { params: { environment, clientId } }, signal),
    refetchInterval: 30_000,
  })

export const createIdentity = write('createIdentity', 'identities', 'overview', 'search')
export const updateIdentity = write('updateIdentity', 'identities', 'search')
export const deleteIdentity = write('deleteIdentity', 'identities', 'grants', 'scopes', 'overview', 'search')
export const updateIdentitySetting = write('updateIdentitySetting', 'identities', 'revisions', 'overview', 'findings')
