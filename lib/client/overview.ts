import { queryOptions } from '@tanstack/react-query'
import { api } from './api.ts'

const REFRESH_MS = 15_000

export const overviewQuery = (environment: string) =>
  queryOptions({
    queryKey: ['overview', environment],
    queryFn: ({ signal }) => api('getOverview', { params: { environment } }, signal),
    refetchInterval: REFRESH_MS,
  })
