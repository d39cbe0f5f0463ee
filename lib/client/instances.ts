import { queryOptions } from '@tanstack/react-query'
import { api } from './api.ts'

const REFRESH_MS = 10_000

/** Instances of one service, or of all. */
export const instancesQuery = (environment: string, service?: string) =>
  queryOptions({
    queryKey: ['instances', environment, service ?? null],
    queryFn: ({ signal }) => api('listInstances', { params: { environment }, query: { service, limit: 500 } }, signal),
    refetchInterval: REFRESH_MS,
  })
