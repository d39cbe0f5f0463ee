import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api } from './api.ts'

/** Any object by words. Ask only with at least one character. */
export const searchQuery = (environment: string, q: string) =>
  queryOptions({
    queryKey: ['search', environment, q],
    queryFn: ({ signal }) => api('search', { params: { environment }, query: { q, limit: 20 } }, signal),
    enabled: q.trim() !== '',
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  })
