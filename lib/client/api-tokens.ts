import { queryOptions } from '@tanstack/react-query'
import { api } from './api.ts'
import { write } from './topic.ts'

export const apiTokensQuery = () =>
  queryOptions({
    queryKey: ['api-tokens'],
    queryFn: ({ signal }) => api('listApiTokens', { query: { limit: 500 } }, signal),
  })

export const createApiToken = write('createApiToken', 'api-tokens')
export const revokeApiToken = write('revokeApiToken', 'api-tokens')
