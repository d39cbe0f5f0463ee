import { queryOptions } from '@tanstack/react-query'
import { api } from './api.ts'
import { write } from './topic.ts'

export const signingKeysQuery = (environment: string) =>
  queryOptions({
    queryKey: ['signing-keys', environment],
    queryFn: ({ signal }) => api('listSigningKeys', { params: { environment } }, signal),
    // While keys are encrypted anew, until all are.
    refetchInterval: ({ state }) =>
      state.data?.items.some(({ underPresentSecret }) => underPresentSecret === false) === true ? 5_000 : false,
  })

export const rotateSigningKey = write('rotateSigningKey', 'signing-keys', 'environments', 'revisions')
export const revokeSigningKey = write('revokeSigningKey', 'signing-keys', 'environments', 'revisions')
export const revokeToken = write('revokeToken', 'revisions')
