import { queryOptions } from '@tanstack/react-query'
import { api } from './api.ts'
import { write } from './topic.ts'

export const credentialsQuery = (environment: string, clientId: string) =>
  queryOptions({
    queryKey: ['credentials', environment, clientId],
    queryFn: ({ signal }) => api('listCredentials', { params: { environment, clientId } }, signal),
  })

export const createCredential = write('createCredential', 'credentials', 'identities', 'overview')
export const revokeCredential = write('revokeCredential', 'credentials', 'identities', 'overview', 'findings')
