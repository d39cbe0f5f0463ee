import { keepPreviousData, queryOptions, type UseQueryResult } from '@tanstack/react-query'
import { api } from './api.ts'
import type { ApiInput } from './api-request.ts'
import type { EndpointEvidence } from './object-types.ts'

/** Who would be denied, by the present rule or by a draft. A read, though the draft travels in a body. */
export const evidenceQuery = (environment: string, id: string, request: ApiInput<'readEvidence'>['body'] = {}) =>
  queryOptions({
    queryKey: ['evidence', environment, id, request],
    queryFn: ({ signal }) => api('readEvidence', { params: { environment, id }, body: request }, signal),
    placeholderData: keepPreviousData,
    refetchInterval: 20_000,
  })

/** What a page shows of an endpoint's evidence: read once, for all of its cards. */
export type EvidenceReading = UseQueryResult<EndpointEvidence>

/** Where an identity calls, and what the present rules make of it. */
export const identityEvidenceQuery = (environment: string, clientId: string, windowHours: number) =>
  queryOptions({
    queryKey: ['evidence', environment, 'identity', clientId, windowHours],
    queryFn: ({ signal }) =>
      api('readIdentityEvidence', { params: { environment, clientId }, query: { windowHours } }, signal),
    placeholderData: keepPreviousData,
    refetchInterval: 20_000,
  })

/** What a draft would have changed for what was recorded. */
export const replayQuery = (environment: string, request: ApiInput<'replayDraft'>['body']) =>
  queryOptions({
    queryKey: ['evidence', environment, 'replay', request],
    queryFn: ({ signal }) => api('replayDraft', { params: { environment }, body: request }, signal),
    placeholderData: keepPreviousData,
  })
