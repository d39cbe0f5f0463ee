import { mutationOptions, queryOptions } from '@tanstack/react-query'
import type { ApiInput } from './api-request.ts'
import { api } from './api.ts'
import { write } from './topic.ts'

export const issuersQuery = (environment: string) =>
  queryOptions({
    queryKey: ['issuers', environment],
    queryFn: ({ signal }) => api('listIssuers', { params: { environment } }, signal),
  })

export const createIssuer = write('createIssuer', 'issuers', 'overview', 'revisions', 'search')
export const discoverIssuer = mutationOptions({
  mutationKey: ['discoverIssuer'],
  mutationFn: (input: ApiInput<'discoverIssuer'>) => api('discoverIssuer', input),
})
export const updateIssuer = write('updateIssuer', 'issuers', 'revisions')
export const refreshIssuer = write('refreshIssuer', 'issuers', 'overview', 'revisions')
export const deleteIssuer = write('deleteIssuer', 'issuers', 'overview', 'revisions', 'search')
