/**
 * Every route of the management API, once: the gateway registers them from here, OpenAPI is generated from here, and the
 * console's client is typed by it. `{name}` in a path is a parameter.
 */
import { z } from 'zod'
import { AuditEntry, AuditExportQuery, AuditQuery, AuditVerification } from './audit.ts'
import * as catalog from './catalog.ts'
import {
  DecisionExportQuery,
  Overview,
  Sample,
  SampleDetail,
  SampleQuery,
  Series,
  SeriesQuery,
  Top,
  TopQuery,
} from './decisions.ts'
import * as endpoint from './endpoint.ts'
import * as forecast from './forecast.ts'
import * as findings from './findings.ts'
import * as people from './people.ts'
import * as replay from './replay.ts'
import * as tokens from './token-activity.ts'
import { Empty, PageQuery, pageOf, Slug, Uuid } from './primitives.ts'

export type Access = 'anyone' | 'viewer' | 'operator' | 'administrator'

export interface RouteContract {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below `/api/v1`. */
  readonly path: string
  readonly summary: string
  readonly tag: string
  /** The least role; `anyone` needs no session. */
  readonly access: Access
  readonly params: z.ZodObject
  readonly query: z.ZodType
  /** Null: the request has no body. */
  readonly body: z.ZodType | null
  readonly response: z.ZodType
  readonly status: 200 | 201
  /** The write must carry `If-Match` with the object's version; the answer to reading it carries the `ETag`. */
  readonly ifMatch: boolean
  /** An `Idempotency-Key` header makes a repeated create answer as the first. */
  readonly idempotent: boolean
}

type Options = Partial<Omit<RouteContract, 'method' | 'path' | 'summary' | 'tag' | 'access' | 'response'>>

/** What a route is when nothing else is said. */
interface Defaults {
  readonly params: typeof Empty
  readonly query: typeof Empty
  readonly body: null
  readonly status: 200
  readonly ifMatch: false
  readonly idempotent: false
}

type Merged<O extends Options, Response extends z.ZodType> = Omit<RouteContract, keyof Defaults | 'response'> &
  Omit<Defaults, keyof O> &
  O & { readonly response: Response }

const PARAMS = {
  environment: Slug,
  service: Slug,
  clientId: Slug,
  id: Uuid,
  number: z.coerce.number().int().min(0),
} as const
type ParamName = keyof typeof PARAMS
const params = <Name extends ParamName>(...names: Name[]) =>
  z.strictObject(Object.fromEntries(names.map((name) => [name, PARAMS[name]])) as Pick<typeof PARAMS, Name>)

const route =
  <Method extends RouteContract['method']>(method: Method) =>
  <const O extends Options, Response extends z.ZodType>(
    path: string,
    access: Access,
    tag: string,
    summary: string,
    response: Response,
    options: O,
  ): Merged<O, Response> & { readonly method: Method } =>
    ({
      method,
      path,
      access,
      tag,
      summary,
      params: Empty,
      query: Empty,
      body: null,
      status: 200,
      ifMatch: false,
      idempotent: false,
      ...options,
      response,
    }) as unknown as Merged<O, Response> & { readonly method: Method }

const get = route('GET')
const post = route('POST')
const put = route('PUT')
const patch = route('PATCH')
const del = route('DELETE')

const ENV = '/environments/{environment}'
const inEnv = params('environment')
const created = { status: 201, idempotent: true } as const
const Done = z.object({
  revision: z.int().nullable().describe('Revision that was published, null when nothing that services see changed.'),
})

export const routes = {
  // Signing in
  getSetupState: get(
    '/setup',
    'anyone',
    'Sign-in',
    'Whether a first administrator is still needed',
    people.SetupState,
    {},
  ),
  completeSetup: post(
    '/setup',
    'anyone',
    'Sign-in',
    'Use a one-time link: create the first administrator, or choose a password',
    people.SessionIssued,
    { body: people.Setup, status: 201 },
  ),
  signIn: post('/sessions', 'anyone', 'Sign-in', 'Sign in with e-mail and password', people.SessionIssued, {
    body: people.SignIn,
    status: 201,
  }),
  signInWithOidc: post(
    '/sessions/oidc',
    'anyone',
    'Sign-in',
    'Sign in with an ID token of the configured identity provider',
    people.SessionIssued,
    { body: people.OidcSignIn, status: 201 },
  ),
  getCurrentSession: get(
    '/session',
    'viewer',
    'Sign-in',
    'Who is signed in, and with which role',
    people.CurrentSession,
    {},
  ),
  signOut: del('/session', 'viewer', 'Sign-in', 'End this session', Empty, {}),
  listSessions: get('/sessions', 'viewer', 'Sign-in', 'Own live sessions', pageOf(people.Session), {}),
  revokeSession: del(
    '/sessions/{id}',
    'viewer',
    'Sign-in',
    'End a session: one’s own, or anybody’s as administrator',
    Empty,
    { params: params('id') },
  ),
  changePassword: post(
    '/session/password',
    'viewer',
    'Sign-in',
    'Change one’s own password; ends the other sessions',
    Empty,
    { body: people.PasswordChange },
  ),

  // People
  listAccounts: get('/accounts', 'administrator', 'People', 'Accounts', pageOf(people.Account), { query: PageQuery }),
  inviteAccount: post('/accounts', 'administrator', 'People', 'Invite somebody', people.AccountInvitation, {
    body: people.AccountCreate,
    ...created,
  }),
  getAccount: get('/accounts/{id}', 'administrator', 'People', 'One account', people.Account, {
    params: params('id'),
    ifMatch: true,
  }),
  updateAccount: patch('/accounts/{id}', 'administrator', 'People', 'Change name, role or disabled', people.Account, {
    params: params('id'),
    body: people.AccountUpdate,
    ifMatch: true,
  }),
  reinviteAccount: post(
    '/accounts/{id}/setup-link',
    'administrator',
    'People',
    'Make a new one-time link for an account',
    people.AccountInvitation,
    { params: params('id'), status: 201 },
  ),
  listApiTokens: get(
    '/api-tokens',
    'viewer',
    'People',
    'API tokens: one’s own, everybody’s as administrator',
    pageOf(people.ApiToken),
    { query: PageQuery },
  ),
  createApiToken: post(
    '/api-tokens',
    'viewer',
    'People',
    'Create an API token, at most with one’s own role',
    people.ApiTokenIssued,
    { body: people.ApiTokenCreate, status: 201 },
  ),
  revokeApiToken: del('/api-tokens/{id}', 'viewer', 'People', 'Revoke an API token', Empty, { params: params('id') }),

  // Environments
  listEnvironments: get(
    '/environments',
    'viewer',
    'Environments',
    'Environments in their order',
    pageOf(catalog.Environment),
    {},
  ),
  createEnvironment: post(
    '/environments',
    'administrator',
    'Environments',
    'Create an environment with its own keys',
    catalog.Environment,
    { body: catalog.EnvironmentCreate, ...created },
  ),
  getEnvironment: get(ENV, 'viewer', 'Environments', 'One environment', catalog.Environment, {
    params: inEnv,
    ifMatch: true,
  }),
  updateEnvironment: patch(
    ENV,
    'administrator',
    'Environments',
    'Change name or default token lifetime',
    catalog.Environment,
    { params: inEnv, body: catalog.EnvironmentUpdate, ifMatch: true },
  ),
  getOverview: get(
    `${ENV}/overview`,
    'viewer',
    'Overview',
    'Posture of the fleet and what needs attention next',
    Overview,
    { params: inEnv },
  ),
  search: get(
    `${ENV}/search`,
    'viewer',
    'Overview',
    'Find any object by words',
    z.object({ items: z.array(catalog.SearchResult) }),
    {
      params: inEnv,
      query: z.strictObject({
        q: z.string().trim().min(1).max(200),
        limit: z.coerce.number().int().min(1).max(50).default(20),
      }),
    },
  ),

  // Services
  listServices: get(
    `${ENV}/services`,
    'viewer',
    'Services',
    'Services with their posture',
    pageOf(catalog.ServicePosture),
    { params: inEnv, query: PageQuery },
  ),
  createService: post('/services', 'operator', 'Services', 'Create a service and its identity', catalog.Service, {
    body: catalog.ServiceCreate,
    ...created,
  }),
  getService: get(
    `${ENV}/services/{service}`,
    'viewer',
    'Services',
    'One service with its posture',
    catalog.ServicePosture,
    { params: params('environment', 'service'), ifMatch: true },
  ),
  updateService: patch(
    '/services/{service}',
    'operator',
    'Services',
    'Change name, description or team',
    catalog.Service,
    { params: params('service'), body: catalog.ServiceUpdate, ifMatch: true },
  ),
  deleteService: del(
    '/services/{service}',
    'administrator',
    'Services',
    'Delete a service that has no live instance',
    Empty,
    { params: params('service'), ifMatch: true },
  ),
  updateServiceSetting: patch(
    `${ENV}/services/{service}/setting`,
    'operator',
    'Services',
    'What the service does with undeclared routes; If-Match takes `settingsVersion`',
    catalog.ServicePosture,
    {
      params: params('environment', 'service'),
      body: catalog.ServiceSettingUpdate,
      ifMatch: true,
    },
  ),
  importOpenApi: post(
    `${ENV}/services/{service}/openapi`,
    'operator',
    'Endpoints',
    'Create endpoints from an OpenAPI document',
    endpoint.OpenApiImportResult,
    { params: params('environment', 'service'), body: endpoint.OpenApiImport },
  ),
  listInstances: get(
    `${ENV}/instances`,
    'viewer',
    'Services',
    'Instances and the revision they confirm',
    pageOf(catalog.Instance),
    {
      params: inEnv,
      query: z.strictObject({ ...PageQuery.shape, service: Slug.optional() }),
    },
  ),

  // Identities, credentials, scopes, grants
  listIdentities: get(
    `${ENV}/identities`,
    'viewer',
    'Identities',
    'Identities with their posture',
    pageOf(catalog.IdentityPosture),
    { params: inEnv, query: PageQuery },
  ),
  createIdentity: post('/identities', 'operator', 'Identities', 'Create an integration', catalog.Identity, {
    body: catalog.IdentityCreate,
    ...created,
  }),
  getIdentity: get(
    `${ENV}/identities/{clientId}`,
    'viewer',
    'Identities',
    'One identity with its posture',
    catalog.IdentityPosture,
    { params: params('environment', 'clientId'), ifMatch: true },
  ),
  readIdentityEvidence: get(
    `${ENV}/identities/{clientId}/evidence`,
    'viewer',
    'Evidence',
    'Where an identity calls, and what the present rules make of it',
    endpoint.IdentityEvidence,
    { params: params('environment', 'clientId'), query: endpoint.IdentityEvidenceQuery },
  ),
  updateIdentity: patch(
    '/identities/{clientId}',
    'operator',
    'Identities',
    'Change name or description',
    catalog.Identity,
    { params: params('clientId'), body: catalog.IdentityUpdate, ifMatch: true },
  ),
  deleteIdentity: del('/identities/{clientId}', 'operator', 'Identities', 'Delete an integration', Empty, {
    params: params('clientId'),
    ifMatch: true,
  }),
  updateIdentitySetting: patch(
    `${ENV}/identities/{clientId}/setting`,
    'operator',
    'Identities',
    'Disable, or set the token lifetime; If-Match takes `settingsVersion`',
    catalog.IdentityPosture,
    {
      params: params('environment', 'clientId'),
      body: catalog.IdentitySettingUpdate,
      ifMatch: true,
    },
  ),
  listCredentials: get(
    `${ENV}/identities/{clientId}/credentials`,
    'viewer',
    'Identities',
    'Credentials, without secrets',
    pageOf(catalog.Credential),
    { params: params('environment', 'clientId') },
  ),
  createCredential: post(
    `${ENV}/identities/{clientId}/credentials`,
    'operator',
    'Identities',
    'Create a credential; its secret is shown once',
    catalog.CredentialIssued,
    {
      params: params('environment', 'clientId'),
      body: catalog.CredentialCreate,
      status: 201,
    },
  ),
  revokeCredential: del(`${ENV}/credentials/{id}`, 'operator', 'Identities', 'Revoke a credential', Empty, {
    params: params('environment', 'id'),
  }),
  listTokenSessions: get(
    `${ENV}/identities/{clientId}/token-sessions`,
    'viewer',
    'Tokens',
    'Sessions that refresh tokens of an identity carry on',
    pageOf(tokens.TokenSession),
    { params: params('environment', 'clientId') },
  ),
  endTokenSession: del(`${ENV}/token-sessions/{id}`, 'operator', 'Tokens', 'End a session', Empty, {
    params: params('environment', 'id'),
  }),
  readTokenActivity: get(
    `${ENV}/token-activity`,
    'viewer',
    'Tokens',
    'Tokens that were issued, refused and revoked, by the hour and by client',
    tokens.TokenActivity,
    { params: inEnv, query: tokens.TokenActivityQuery },
  ),
  reportLeakedSecrets: post(
    '/leaked-secrets',
    'anyone',
    'Tokens',
    'For secret scanners: client secrets that were found; a living one is revoked',
    catalog.LeakedSecretAnswer,
    { body: catalog.LeakedSecretReport },
  ),
  listScopes: get(`${ENV}/scopes`, 'viewer', 'Scopes', 'Scopes and who holds them', pageOf(catalog.ScopePosture), {
    params: inEnv,
    query: z.strictObject({
      ...PageQuery.shape,
      service: Slug.optional(),
      q: z.string().max(200).optional(),
    }),
  }),
  getScope: get(`${ENV}/scopes/{id}`, 'viewer', 'Scopes', 'One scope and who holds it', catalog.ScopePosture, {
    params: params('environment', 'id'),
    ifMatch: true,
  }),
  createScope: post('/scopes', 'operator', 'Scopes', 'Create a scope', catalog.Scope, {
    body: catalog.ScopeCreate,
    ...created,
  }),
  updateScope: patch('/scopes/{id}', 'operator', 'Scopes', 'Change description or token lifetime', catalog.Scope, {
    params: params('id'),
    body: catalog.ScopeUpdate,
    ifMatch: true,
  }),
  deleteScope: del('/scopes/{id}', 'operator', 'Scopes', 'Delete a scope that nobody holds and no rule needs', Empty, {
    params: params('id'),
    ifMatch: true,
  }),
  listGrants: get(`${ENV}/grants`, 'viewer', 'Grants', 'Grants and whether they are used', pageOf(catalog.Grant), {
    params: inEnv,
    query: z.strictObject({
      ...PageQuery.shape,
      clientId: Slug.optional(),
      service: Slug.optional(),
    }),
  }),
  createGrant: post(`${ENV}/grants`, 'operator', 'Grants', 'Grant a scope to an identity', catalog.Grant, {
    params: inEnv,
    body: catalog.GrantCreate,
    ...created,
  }),
  deleteGrant: del(`${ENV}/grants/{id}`, 'operator', 'Grants', 'Take a grant back', Empty, {
    params: params('environment', 'id'),
  }),

  listDevices: get(`${ENV}/devices`, 'viewer', 'Devices', 'Devices that were accepted', pageOf(catalog.Device), {
    params: inEnv,
    query: z.strictObject({ ...PageQuery.shape, caller: z.string().max(200).optional() }),
  }),
  acceptDevice: post(`${ENV}/devices`, 'operator', 'Devices', 'Accept a device for a caller', catalog.Device, {
    params: inEnv,
    body: catalog.DeviceAccept,
    ...created,
  }),
  removeDevice: del(`${ENV}/devices/{id}`, 'operator', 'Devices', 'Accept a device no longer', Empty, {
    params: params('environment', 'id'),
  }),

  // Endpoints and modes
  listEndpoints: get(
    `${ENV}/endpoints`,
    'viewer',
    'Endpoints',
    'Endpoints across the fleet',
    z.object({ ...pageOf(endpoint.Endpoint).shape, total: z.int() }),
    { params: inEnv, query: endpoint.EndpointQuery },
  ),
  createEndpoint: post(`${ENV}/endpoints`, 'operator', 'Endpoints', 'Declare an endpoint', endpoint.Endpoint, {
    params: inEnv,
    body: endpoint.EndpointCreate,
    ...created,
  }),
  getEndpoint: get(`${ENV}/endpoints/{id}`, 'viewer', 'Endpoints', 'One endpoint', endpoint.Endpoint, {
    params: params('environment', 'id'),
    ifMatch: true,
  }),
  updateEndpoint: patch(
    `${ENV}/endpoints/{id}`,
    'operator',
    'Endpoints',
    'Change rule or description',
    endpoint.Endpoint,
    {
      params: params('environment', 'id'),
      body: endpoint.EndpointUpdate,
      ifMatch: true,
    },
  ),
  deleteEndpoint: del(
    `${ENV}/endpoints/{id}`,
    'operator',
    'Endpoints',
    'Forget an endpoint that no live instance serves',
    Empty,
    { params: params('environment', 'id'), ifMatch: true },
  ),
  setEndpointRules: put(
    `${ENV}/endpoint-rules`,
    'operator',
    'Endpoints',
    'Give several endpoints of one service the same rule',
    Done,
    { params: inEnv, body: endpoint.EndpointRulesUpdate },
  ),
  readEvidence: post(
    `${ENV}/endpoints/{id}/evidence`,
    'viewer',
    'Evidence',
    'Who would be denied, by the present rule or by a draft',
    endpoint.EndpointEvidence,
    { params: params('environment', 'id'), body: endpoint.EvidenceRequest },
  ),
  replayDraft: post(
    `${ENV}/replay`,
    'viewer',
    'Evidence',
    'Who would lose or gain what by a draft of rules, grants, lifetimes or modes, replayed on what was recorded',
    replay.Replay,
    { params: inEnv, body: replay.ReplayRequest },
  ),
  listModeChanges: get(
    `${ENV}/endpoints/{id}/mode-changes`,
    'viewer',
    'Evidence',
    'Mode changes of an endpoint, forecast beside actual',
    pageOf(endpoint.ModeChange),
    { params: params('environment', 'id'), query: PageQuery },
  ),
  compareForecast: get(
    `${ENV}/endpoints/{id}/forecast`,
    'viewer',
    'Evidence',
    'Denials since an endpoint is enforced, beside those that were forecast of the same requests',
    forecast.ForecastComparisonAnswer,
    { params: params('environment', 'id') },
  ),
  listModeChangeMarks: get(
    `${ENV}/mode-changes`,
    'viewer',
    'Evidence',
    'Mode changes of all endpoints in a window, newest first',
    pageOf(endpoint.ModeChangeMark),
    { params: inEnv, query: endpoint.ModeChangeMarkQuery },
  ),
  previewModeChange: post(
    `${ENV}/mode-changes/preview`,
    'viewer',
    'Evidence',
    'What a change of modes would do, and to whom',
    endpoint.ModeChangePreview,
    { params: inEnv, body: endpoint.ModeChangePreviewRequest },
  ),
  changeModes: post(
    `${ENV}/mode-changes`,
    'operator',
    'Endpoints',
    'Change modes of endpoints, all or none',
    endpoint.ModeChangeResult,
    { params: inEnv, body: endpoint.ModeChangeRequest },
  ),
  undoModeChange: post(
    `${ENV}/mode-changes/undo`,
    'operator',
    'Endpoints',
    'Undo a mode change',
    endpoint.ModeChangeResult,
    { params: inEnv, body: endpoint.ModeChangeUndo },
  ),

  // Issuers, keys, revisions
  listIssuers: get(`${ENV}/issuers`, 'viewer', 'Issuers', 'Trusted issuers of users’ tokens', pageOf(catalog.Issuer), {
    params: inEnv,
  }),
  createIssuer: post(
    `${ENV}/issuers`,
    'administrator',
    'Issuers',
    'Trust an issuer; its keys are fetched now',
    catalog.Issuer,
    { params: inEnv, body: catalog.IssuerCreate, ...created },
  ),
  updateIssuer: patch(
    `${ENV}/issuers/{id}`,
    'administrator',
    'Issuers',
    'Change audience, scope claim or the scopes that follow from other claims',
    catalog.Issuer,
    {
      params: params('environment', 'id'),
      body: catalog.IssuerUpdate,
      ifMatch: true,
    },
  ),
  discoverIssuer: post(
    '/issuer-discovery',
    'administrator',
    'Issuers',
    'Fetch the keys of an issuer without trusting it',
    catalog.IssuerDiscovery,
    { body: catalog.IssuerDiscover },
  ),
  refreshIssuer: post(`${ENV}/issuers/{id}/refresh`, 'operator', 'Issuers', 'Fetch its keys now', catalog.Issuer, {
    params: params('environment', 'id'),
  }),
  deleteIssuer: del(`${ENV}/issuers/{id}`, 'administrator', 'Issuers', 'Trust an issuer no more', Empty, {
    params: params('environment', 'id'),
    ifMatch: true,
  }),
  listSigningKeys: get(
    `${ENV}/signing-keys`,
    'viewer',
    'Keys',
    'Signing keys, public parts',
    pageOf(catalog.SigningKey),
    { params: inEnv },
  ),
  rotateSigningKey: post(
    `${ENV}/signing-keys/rotate`,
    'administrator',
    'Keys',
    'Move to the next key; the present one stays valid for a while',
    pageOf(catalog.SigningKey),
    { params: inEnv, body: catalog.SigningKeyRotate },
  ),
  revokeSigningKey: post(
    `${ENV}/signing-keys/{id}/revocation`,
    'administrator',
    'Keys',
    'Revoke a key that somebody else may have: nothing it signed counts any more',
    pageOf(catalog.SigningKey),
    { params: params('environment', 'id'), body: catalog.SigningKeyRevoke },
  ),
  revokeToken: post(`${ENV}/revoked-tokens`, 'operator', 'Keys', 'Revoke one access token by its id', Done, {
    params: inEnv,
    body: catalog.TokenRevoke,
  }),
  listRevisions: get(
    `${ENV}/revisions`,
    'viewer',
    'Revisions',
    'Published revisions, newest first',
    pageOf(catalog.Revision),
    { params: inEnv, query: PageQuery },
  ),

  // Decisions
  readSeries: get(`${ENV}/decisions/series`, 'viewer', 'Decisions', 'Decisions over time', Series, {
    params: inEnv,
    query: SeriesQuery,
  }),
  readTop: get(
    `${ENV}/decisions/top`,
    'viewer',
    'Decisions',
    'Top callers, endpoints, reasons or services by denials',
    Top,
    { params: inEnv, query: TopQuery },
  ),
  listSamples: get(
    `${ENV}/decisions/samples`,
    'viewer',
    'Decisions',
    'Single decisions, newest first',
    pageOf(Sample),
    { params: inEnv, query: SampleQuery },
  ),
  getSample: get(
    `${ENV}/decisions/samples/{id}`,
    'viewer',
    'Decisions',
    'One decision with every check',
    SampleDetail,
    { params: params('environment', 'id') },
  ),
  exportDecisions: get(
    `${ENV}/decisions/export`,
    'viewer',
    'Decisions',
    'Decisions as CSV or JSON Lines: single ones, newest first and at most 100,000, counts over time, or the top 100',
    z.string(),
    { params: inEnv, query: DecisionExportQuery },
  ),

  // Findings
  readLifetimes: get(
    `${ENV}/lifetimes`,
    'viewer',
    'Findings',
    'How old tokens are when they are used, and the shortest lifetime that breaks nobody',
    findings.Lifetimes,
    { params: inEnv, query: findings.LifetimeQuery },
  ),
  readLeastPrivilege: get(
    `${ENV}/findings/least-privilege`,
    'viewer',
    'Findings',
    'Grants nobody needs, endpoints without a rule, rules that ask too little',
    findings.LeastPrivilege,
    { params: inEnv, query: findings.LeastPrivilegeQuery },
  ),
  readStalled: get(
    `${ENV}/findings/stalled`,
    'viewer',
    'Findings',
    'Endpoints long in log-only with their next step, and services that are silent',
    findings.Stalled,
    { params: inEnv, query: findings.StalledQuery },
  ),
  listSharedCredentials: get(
    `${ENV}/findings/shared-credentials`,
    'viewer',
    'Findings',
    'Credentials that more than one program seems to use, with what speaks for it',
    findings.SharedCredentials,
    { params: inEnv, query: findings.SharedCredentialQuery },
  ),
  exportFindings: get(
    `${ENV}/findings/export`,
    'viewer',
    'Findings',
    'Findings of one kind as CSV or JSON Lines',
    z.string(),
    { params: inEnv, query: findings.FindingExportQuery },
  ),

  // Audit
  listAuditEntries: get('/audit-entries', 'viewer', 'Audit', 'Audit log, newest first', pageOf(AuditEntry), {
    query: AuditQuery,
  }),
  exportAuditEntries: get(
    '/audit-entries/export',
    'viewer',
    'Audit',
    'Audit log as CSV or newline-delimited JSON, oldest first',
    z.string(),
    { query: AuditExportQuery },
  ),
  verifyAuditLog: get(
    '/audit-entries/verification',
    'viewer',
    'Audit',
    'Recompute the hash chain',
    AuditVerification,
    {},
  ),
} as const

export type Routes = typeof routes
export type RouteName = keyof Routes
export type RouteParams<Name extends RouteName> = z.output<Routes[Name]['params']>
export type RouteQuery<Name extends RouteName> = z.input<Routes[Name]['query']>
export type RouteBody<Name extends RouteName> = Routes[Name]['body'] extends z.ZodType
  ? z.input<Routes[Name]['body']>
  : undefined
export type RouteResponse<Name extends RouteName> = z.output<Routes[Name]['response']>
