import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api } from './api.ts'
import { toApiPath, type ApiInput } from './api-request.ts'

const ENTRIES_ON_A_PAGE = 100

export type AuditFilter = Omit<NonNullable<ApiInput<'listAuditEntries'>['query']>, 'cursor' | 'limit'>

export const auditEntriesQuery = (filter: AuditFilter) =>
  infiniteQueryOptions({
    queryKey: ['audit', 'entries', filter],
    queryFn: ({ signal, pageParam }) =>
      api(
        'listAuditEntries',
        { query: { ...filter, limit: ENTRIES_ON_A_PAGE, cursor: pageParam ?? undefined } },
        signal,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: keepPreviousData,
    refetchInterval: 15_000,
  })
/** Recomputes the whole chain: asked for by a person, never on its own. */
export const auditVerificationQuery = () =>
  queryOptions({
    queryKey: ['audit', 'verification'],
    queryFn: ({ signal }) => api('verifyAuditLog', {}, signal),
    enabled: false,
    gcTime: 0,
  })

export const toAuditExportPath = (filter: AuditFilter, format: 'csv' | 'ndjson'): string =>
  toApiPath('exportAuditEntries', { query: { ...filter, format } })
