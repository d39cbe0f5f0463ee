import { mutationOptions } from '@tanstack/react-query'
import type { RouteName, RouteResponse } from '../contract/routes.ts'
import { api } from './api.ts'
import type { ApiInput } from './api-request.ts'
import type { ApiProblem } from './api-problem.ts'

/** First word of every query key. A write names the topics it changes; their queries are then read again. */
export type Topic =
  | 'session'
  | 'sessions'
  | 'accounts'
  | 'api-tokens'
  | 'environments'
  | 'overview'
  | 'services'
  | 'instances'
  | 'identities'
  | 'credentials'
  | 'tokens'
  | 'scopes'
  | 'grants'
  | 'devices'
  | 'endpoints'
  | 'evidence'
  | 'mode-changes'
  | 'issuers'
  | 'signing-keys'
  | 'revisions'
  | 'decisions'
  | 'findings'
  | 'audit'
  | 'search'

declare module '@tanstack/react-query' {
  interface Register {
    defaultError: ApiProblem
    queryKey: readonly [Topic, ...unknown[]]
    mutationMeta: { readonly changes?: readonly Topic[] }
  }
}

/** A write of the management API, for `useMutation`. Everything that is written leaves an audit entry. */
export const write = <Name extends RouteName>(name: Name, ...changes: readonly Topic[]) =>
  mutationOptions<RouteResponse<Name>, ApiProblem, ApiInput<Name>>({
    mutationKey: [name],
    mutationFn: (input) => api(name, input),
    meta: { changes: [...changes, 'audit'] },
  })
