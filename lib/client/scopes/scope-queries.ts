import { queryOptions } from '@tanstack/react-query'
import type { RouteResponse } from '../../contract/routes.ts'
import { readAll } from '../read-all.ts'
import { write } from '../topic.ts'

export type ScopePosture = RouteResponse<'getScope'>

const PAGE = 500

/** Scopes with who holds them, of one service or of all. */
export const allScopes = (environment: string, service?: string) =>
  queryOptions({
    queryKey: ['scopes', environment, service ?? null],
    queryFn: ({ signal }) => readAll('listScopes', { params: { environment }, query: { service, limit: PAGE } }, signal),
  })

export const createScope = write('createScope', 'scopes', 'search')
export const updateScope = write('updateScope', 'scopes')
export const deleteScope = write('deleteScope', 'scopes', 'search')
