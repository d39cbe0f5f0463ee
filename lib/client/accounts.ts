import { queryOptions } from '@tanstack/react-query'
import { api } from './api.ts'
import { write } from './topic.ts'

export const accountsQuery = () =>
  queryOptions({
    queryKey: ['accounts'],
    queryFn: ({ signal }) => api('listAccounts', { query: { limit: 500 } }, signal),
  })

export const inviteAccount = write('inviteAccount', 'accounts')
export const updateAccount = write('updateAccount', 'accounts', 'session')
export const reinviteAccount = write('reinviteAccount', 'accounts')
