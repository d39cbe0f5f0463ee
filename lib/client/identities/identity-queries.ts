import { queryOptions } from '@tanstack/react-query'
import type { RouteResponse } from '../../contract/routes.ts'
import { api } from '../api.ts'
import { readAll } from '../read-all.ts'
import { write } from '../topic.ts'

export type IdentityPosture = RouteResponse<'getIdentity'>
export type Credential = RouteResponse<'listCredentials'>['items'][number]
export type CredentialIssued = RouteResponse<'createCredential'>
export type Grant = RouteResponse<'listGrants'>['items'][number]

const PAGE = 500

export const allIdentities = (environment: string) =>
  queryOptions({
    queryKey: ['identities', environment, 'all'],
    queryFn: ({ signal }) => readAll('listIdentities', { params: { environment }, query: { limit: PAGE } }, signal),
  })

export const oneIdentity = (environment: string, clientId: string) =>
  queryOptions({
    queryKey: ['identities', environment, 'one', clientId],
    queryFn: ({ signal }) => api('getIdentity', { params: { environment, clientId } }, signal),
  })

export const identityCredentials = (environment: string, clientId: string) =>
  queryOptions({
    queryKey: ['credentials', environment, clientId],
    queryFn: ({ signal }) => readAll('listCredentials', { params: { environment, clientId } }, signal),
  })

/** Grants an identity holds. */
export const identityGrants = (environment: string, clientId: string) =>
  queryOptions({
    queryKey: ['grants', environment, 'of-identity', clientId],
    queryFn: ({ signal }) => readAll('listGrants', { params: { environment }, query: { clientId, limit: PAGE } }, signal),
  })

/** Grants on the scopes of a service. */
export const serviceGrants = (environment: string, service: string) =>
  queryOptions({
    queryKey: ['grants', environment, 'on-service', service],
    queryFn: ({ signal }) => readAll('listGrants', { params: { environment }, query: { service, limit: PAGE } }, signal),
  })

export const createIdentity = write('createIdentity', 'identities', 'overview', 'search')
export const updateIdentity = write('updateIdentity', 'identities', 'search')
export const deleteIdentity = write('deleteIdentity', 'identities', 'grants', 'scopes', 'overview', 'search')
export const updateIdentitySetting = write('updateIdentitySetting', 'identities', 'evidence', 'overview', 'revisions')
export const createCredential = write('createCredential', 'credentials', 'identities', 'overview')
export const revokeCredential = write('revokeCredential', 'credentials', 'identities', 'overview')
export const createGrant = write('createGrant', 'grants', 'scopes', 'identities', 'evidence', 'overview', 'revisions')
export const deleteGrant = write('deleteGrant', 'grants', 'scopes', 'identities', 'evidence', 'overview', 'revisions')
