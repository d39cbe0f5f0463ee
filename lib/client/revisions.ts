import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api } from './api.ts'

export const revisionsQuery = (environment: string) =>
  queryOptions({
    queryKey: ['revisions', environment],
    queryFn: ({ signal }) => api('listRevisions', { params: { environment }, query: { limit: 100 } }, signal),
    refetchInterval: 15_000,
  })
/** All of them, page after page. */
export const revisionPagesQuery = (environment: string) =>
  infiniteQueryOptions({
    queryKey: ['revisions', environment, 'pages'],
    queryFn: ({ signal, pageParam }) =>
      api('listRevisions', { params: { environment }, query: { limit: 50, cursor: pageParam ?? undefined } }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })
