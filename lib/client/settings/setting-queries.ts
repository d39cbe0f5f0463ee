import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type { RouteResponse } from '../../contract/routes.ts'
import { api } from '../api.ts'
import { readAll } from '../read-all.ts'
import { write } from '../topic.ts'

export type Environment = RouteResponse<'getEnvironment'>
export type Issuer = RouteResponse<'listIssuers'>['items'][number]
export type SigningKey = RouteResponse<'listSigningKeys'>['items'][number]
export type Revision = RouteResponse<'listRevisions'>['items'][number]
export type Account = RouteResponse<'getAccount'>
export type AccountInvitation = RouteResponse<'inviteAccount'>
export type ApiToken = RouteResponse<'listApiTokens'>['items'][number]
export type ApiTokenIssued = RouteResponse<'createApiToken'>
export type Session = RouteResponse<'listSessions'>['items'][number]

const PAGE = 500
const REVISIONS_PAGE = 50

export const oneEnvironment = (environment: string) =>
  queryOptions({
    queryKey: ['environments', 'one', environment],
    queryFn: ({ signal }) => api('getEnvironment', { params: { environment } }, signal),
  })

export const environmentIssuers = (environment: string) =>
  queryOptions({
    queryKey: ['issuers', environment],
    queryFn: ({ signal }) => readAll('listIssuers', { params: { environment } }, signal),
  })

export const environmentKeys = (environment: string) =>
  queryOptions({
    queryKey: ['signing-keys', environment],
    queryFn: ({ signal }) => readAll('listSigningKeys', { params: { environment } }, signal),
  })

export const environmentRevisions = (environment: string) =>
  infiniteQueryOptions({
    queryKey: ['revisions', environment],
    queryFn: ({ pageParam, signal }) => api('listRevisions', { params: { environment }, query: { cursor: pageParam, limit: REVISIONS_PAGE } }, signal),
    initialPageParam: undefined as string | undefined, // the first page has no cursor
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  })

export const allAccounts = () => queryOptions({ queryKey: ['accounts'], queryFn: ({ signal }) => readAll('listAccounts', { query: { limit: PAGE } }, signal) })
export const allApiTokens = () => queryOptions({ queryKey: ['api-tokens'], queryFn: ({ signal }) => readAll('listApiTokens', { query: { limit: PAGE } }, signal) })
export const ownSessions = () => queryOptions({ queryKey: ['sessions'], queryFn: ({ signal }) => readAll('listSessions', {}, signal) })

export const createEnvironment = write('createEnvironment', 'environments')
export const updateEnvironment = write('updateEnvironment', 'environments', 'revisions')
export const createIssuer = write('createIssuer', 'issuers', 'revisions', 'overview')
export const updateIssuer = write('updateIssuer', 'issuers', 'revisions')
export const refreshIssuer = write('refreshIssuer', 'issuers', 'revisions', 'overview')
export const deleteIssuer = write('deleteIssuer', 'issuers', 'revisions', 'overview')
export const rotateSigningKey = write('rotateSigningKey', 'signing-keys', 'environments', 'revisions')
export const revokeToken = write('revokeToken', 'revisions')
export const inviteAccount = write('inviteAccount', 'accounts')
export const updateAccount = write('updateAccount', 'accounts', 'session')
export const reinviteAccount = write('reinviteAccount', 'accounts')
export const createApiToken = write('createApiToken', 'api-tokens')
export const revokeApiToken = write('revokeApiToken', 'api-tokens')
export const revokeSession = write('revokeSession', 'sessions')
export const changePassword = write('changePassword', 'sessions', 'session')
