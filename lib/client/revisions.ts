import { queryOptions } from '@tanstack/react-query'
import { api } from './api.ts'

export const revisionsQuery = (environment: string) =>
  queryOptions({
    queryKey: ['revisions', environment],
    queryFn: ({ signal }) => api('listRevisions', { params: { environment }, query: { limit: 100 } }, signal),
    refetchInterval: 15_000,
  })
