import type { RouteBody, RouteResponse } from '../contract/routes.ts'

/** What the management API answers, under the names of its objects. */
export type Environment = RouteResponse<'getEnvironment'>
export type ServicePosture = RouteResponse<'getService'>
export type Instance = RouteResponse<'listInstances'>['items'][number]
export type Endpoint = RouteResponse<'getEndpoint'>
export type Rule = NonNullable<Endpoint['rule']>
export type IdentityPosture = RouteResponse<'getIdentity'>
export type Credential = RouteResponse<'listCredentials'>['items'][number]
export type CredentialIssued = RouteResponse<'createCredential'>
export type ScopePosture = RouteResponse<'getScope'>
export type Grant = RouteResponse<'listGrants'>['items'][number]
export type Device = RouteResponse<'listDevices'>['items'][number]
export type Issuer = RouteResponse<'listIssuers'>['items'][number]
export type SigningKey = RouteResponse<'listSigningKeys'>['items'][number]
export type Revision = RouteResponse<'listRevisions'>['items'][number]
export type Account = RouteResponse<'getAccount'>
export type Role = Account['role']
export type AccountInvitation = RouteResponse<'inviteAccount'>
export type ApiToken = RouteResponse<'listApiTokens'>['items'][number]
export type ApiTokenIssued = RouteResponse<'createApiToken'>
export type Session = RouteResponse<'listSessions'>['items'][number]

export type EndpointEvidence = RouteResponse<'readEvidence'>
export type CallerEvidence = EndpointEvidence['callers'][number]
export type Fix = CallerEvidence['fixes'][number]
export type ReadinessCause = EndpointEvidence['causes'][number]
export type Readiness = EndpointEvidence['readiness']

export type IdentityEvidence = RouteResponse<'readIdentityEvidence'>
export type CalledEndpoint = IdentityEvidence['endpoints'][number]

export type Replay = RouteResponse<'replayDraft'>
export type ReplayItem = Replay['items'][number]
export type ReplayDraft = RouteBody<'replayDraft'>['draft']

export type ForecastComparison = NonNullable<RouteResponse<'compareForecast'>['comparison']>
export type ModeChange = RouteResponse<'listModeChanges'>['items'][number]
export type ModeChangeMark = RouteResponse<'listModeChangeMarks'>['items'][number]
export type ModeChangePreview = RouteResponse<'previewModeChange'>
export type ModeChangeItem = RouteBody<'previewModeChange'>['changes'][number]
export type ModeChangeResult = RouteResponse<'changeModes'>

export type CallerLifetime = RouteResponse<'readLifetimes'>['items'][number]
export type LifetimeStanding = CallerLifetime['standing']
export type LeastPrivilege = RouteResponse<'readLeastPrivilege'>
export type UnusedGrant = LeastPrivilege['unusedGrants']['items'][number]
export type NarrowGrant = LeastPrivilege['narrowGrants']['items'][number]
export type UnruledEndpoint = LeastPrivilege['unruledEndpoints']['items'][number]
export type WideRule = LeastPrivilege['wideRules']['items'][number]
export type StalledEndpoint = RouteResponse<'readStalled'>['endpoints']['items'][number]
export type SilentService = RouteResponse<'readStalled'>['services']['items'][number]
export type SharedCredential = RouteResponse<'listSharedCredentials'>['items'][number]
