import { queryOptions } from '@tanstack/react-query'
import { api } from './api.ts'
import { write } from './topic.ts'

/** Reads again by itself: what is refused or reused shows within seconds. */
const REFETCH_MS = 5_000

export const tokenActivityQuery = (environment: string, clientId: string) =>
  queryOptions({
    queryKey: ['tokens', environment, clientId, 'activity'],
    queryFn: ({ signal }) => api('readTokenActivity', { params: { environment }, query: { clientId } }, signal),
    refetchInterval: REFETCH_MS,
  })

export const tokenSessionsQuery = (environment: string, clientId: string) =>
  queryOptions({
    queryKey: ['tokens', environment, clientId, 'sessions'],
    queryFn: ({ signal }) => api('listTokenSessions', { params: { environment, clientId } }, signal),
    refetchInterval: REFETCH_MS,
  })

export const endTokenSession = write('endTokenSession', 'tokens')
