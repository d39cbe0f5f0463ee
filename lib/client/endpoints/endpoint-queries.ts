import { queryOptions } from '@tanstack/react-query'
import type { RouteBody, RouteResponse } from '../../contract/routes.ts'
import { api } from '../api.ts'
import type { ApiInput } from '../api-request.ts'
import { readAll } from '../read-all.ts'
import { write } from '../topic.ts'

export type Endpoint = RouteResponse<'getEndpoint'>
export type EndpointEvidence = RouteResponse<'readEvidence'>
export type ModeChange = RouteResponse<'listModeChanges'>['items'][number]
export type ModeChangePreview = RouteResponse<'previewModeChange'>
export type Rule = NonNullable<Endpoint['rule']>
export type EndpointListQuery = NonNullable<ApiInput<'listEndpoints'>['query']>

const FIRST_PAGE = 80
const WHOLE_FLEET = 2_500
const PENDING_POLL_MS = 1_500

/** What fits on a screen, filtered and sorted by the server, so that rows are there before the whole fleet is. */
export const firstEndpoints = (environment: string, query: EndpointListQuery) =>
  queryOptions({
    queryKey: ['endpoints', environment, 'first', query],
    queryFn: ({ signal }) => api('listEndpoints', { params: { environment }, query: { ...query, limit: FIRST_PAGE } }, signal),
  })

/** Every endpoint of the fleet, or of one service. */
export const allEndpoints = (environment: string, service?: string) =>
  queryOptions({
    queryKey: ['endpoints', environment, 'all', service ?? null],
    queryFn: ({ signal }) => readAll('listEndpoints', { params: { environment }, query: { service: service === undefined ? undefined : [service], limit: WHOLE_FLEET } }, signal),
    staleTime: 20_000,
  })

/** Endpoints of services whose instances have yet to confirm a change: asked often, until they did. */
export const pendingEndpoints = (environment: string, services: readonly string[]) =>
  queryOptions({
    queryKey: ['endpoints', environment, 'pending', services],
    queryFn: ({ signal }) => readAll('listEndpoints', { params: { environment }, query: { service: [...services], limit: WHOLE_FLEET } }, signal),
    enabled: services.length > 0,
    refetchInterval: PENDING_POLL_MS,
    staleTime: 0,
  })

export const oneEndpoint = (environment: string, id: string) =>
  queryOptions({
    queryKey: ['endpoints', environment, 'one', id],
    queryFn: ({ signal }) => api('getEndpoint', { params: { environment, id } }, signal),
    refetchInterval: ({ state }) => (state.data?.confirmation.state === 'pending' ? PENDING_POLL_MS : false),
  })

/** Who would be denied by the present rule, or by a draft of one. */
export const endpointEvidence = (environment: string, id: string, windowHours: number, draft?: Rule | null) =>
  queryOptions({
    queryKey: ['evidence', environment, id, windowHours, draft === undefined ? 'present' : draft],
    queryFn: ({ signal }) => api('readEvidence', { params: { environment, id }, body: { windowHours, ...(draft === undefined ? {} : { rule: draft }) } }, signal),
    staleTime: 30_000,
  })

export const modeChanges = (environment: string, id: string) =>
  queryOptions({
    queryKey: ['mode-changes', environment, id],
    queryFn: ({ signal }) => api('listModeChanges', { params: { environment, id }, query: { limit: 20 } }, signal),
  })

export type ModeChangeItem = RouteBody<'previewModeChange'>['changes'][number]

/** The proof in it lives ten minutes; it is asked anew before that. */
export const modeChangePreview = (environment: string, changes: readonly ModeChangeItem[], windowHours: number) =>
  queryOptions({
    queryKey: ['evidence', environment, 'preview', changes, windowHours],
    queryFn: ({ signal }) => api('previewModeChange', { params: { environment }, body: { changes: [...changes], windowHours } }, signal),
    enabled: changes.length > 0,
    staleTime: 60_000,
    gcTime: 60_000,
    refetchInterval: 5 * 60_000,
  })

export const changeModes = write('changeModes', 'endpoints', 'services', 'overview', 'mode-changes', 'revisions', 'evidence')
export const undoModeChange = write('undoModeChange', 'endpoints', 'services', 'overview', 'mode-changes', 'revisions', 'evidence')
export const updateEndpoint = write('updateEndpoint', 'endpoints', 'evidence', 'scopes', 'overview', 'revisions')
export const setEndpointRules = write('setEndpointRules', 'endpoints', 'evidence', 'scopes', 'overview', 'revisions')
export const createEndpoint = write('createEndpoint', 'endpoints', 'services', 'overview', 'revisions')
export const deleteEndpoint = write('deleteEndpoint', 'endpoints', 'services', 'overview', 'revisions')
export const importOpenApi = write('importOpenApi', 'endpoints', 'services', 'scopes', 'overview', 'revisions')
