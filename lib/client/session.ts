import { queryOptions } from '@tanstack/react-query'
import { api } from './api.ts'
import { write } from './topic.ts'

export const sessionQuery = () =>
  queryOptions({
    queryKey: ['session'],
    queryFn: ({ signal }) => api('getCurrentSession', {}, signal),
    staleTime: 60_000,
  })
export const sessionsQuery = () =>
  queryOptions({ queryKey: ['sessions'], queryFn: ({ signal }) => api('listSessions', {}, signal) })

export const revokeSession = write('revokeSession', 'sessions')
export const changePassword = write('changePassword', 'sessions')
