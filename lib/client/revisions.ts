import { infiniteQueryOptions } from '@tanstack/react-query'
import { api } from './api.ts'

/** Newest first, page after page. */
export const revisionPagesQuery = (environment: string) =>
  infiniteQueryOptions({
    queryKey: ['revisions', environment],
    queryFn: ({ signal, pageParam }) =>
      api('listRevisions', { params: { environment }, query: { limit: 50, cursor: pageParam ?? undefined } }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: 15_000,
  })
