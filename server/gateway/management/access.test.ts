import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { routes, type Access, type RouteContract, type RouteName } from '#lib/contract/routes.ts'
import { testActor } from '#lib/control/test-control.ts'
import { implementations } from './register-management-routes.ts'
import { createTestSession, startTestManagement, type TestManagement } from './test-management.ts'

/** Who may call what, written down a second time: a new or changed route has to be said here too. */
const MATRIX: Record<RouteName, Access> = {
  getSetupState: 'anyone',
  completeSetup: 'anyone',
  signIn: 'anyone',
  signInWithOidc: 'anyone',
  getCurrentSession: 'viewer',
  signOut: 'viewer',
  listSessions: 'viewer',
  revokeSession: 'viewer',
  changePassword: 'viewer',
  listAccounts: 'administrator',
  inviteAccount: 'administrator',
  getAccount: 'administrator',
  updateAccount: 'administrator',
  reinviteAccount: 'administrator',
  listApiTokens: 'viewer',
  createApiToken: 'viewer',
  revokeApiToken: 'viewer',
  listEnvironments: 'viewer',
  createEnvironment: 'administrator',
  getEnvironment: 'viewer',
  updateEnvironment: 'administrator',
  getOverview: 'viewer',
  search: 'viewer',
  listServices: 'viewer',
  createService: 'operator',
  getService: 'viewer',
  updateService: 'operator',
  deleteService: 'administrator',
  updateServiceSetting: 'operator',
  importOpenApi: 'operator',
  listInstances: 'viewer',
  listIdentities: 'viewer',
  createIdentity: 'operator',
  getIdentity: 'viewer',
  readIdentityEvidence: 'viewer',
  updateIdentity: 'operator',
  deleteIdentity: 'operator',
  updateIdentitySetting: 'operator',
  listCredentials: 'viewer',
  createCredential: 'operator',
  revokeCredential: 'operator',
  listTokenSessions: 'viewer',
  endTokenSession: 'operator',
  readTokenActivity: 'viewer',
  reportLeakedSecrets: 'anyone',
  listScopes: 'viewer',
  getScope: 'viewer',
  createScope: 'operator',
  updateScope: 'operator',
  deleteScope: 'operator',
  listGrants: 'viewer',
  createGrant: 'operator',
  deleteGrant: 'operator',
  listDevices: 'viewer',
  acceptDevice: 'operator',
  removeDevice: 'operator',
  listEndpoints: 'viewer',
  createEndpoint: 'operator',
  getEndpoint: 'viewer',
  updateEndpoint: 'operator',
  deleteEndpoint: 'operator',
  setEndpointRules: 'operator',
  readEvidence: 'viewer',
  replayDraft: 'viewer',
  compareForecast: 'viewer',
  listModeChanges: 'viewer',
  listModeChangeMarks: 'viewer',
  previewModeChange: 'viewer',
  changeModes: 'operator',
  undoModeChange: 'operator',
  listIssuers: 'viewer',
  createIssuer: 'administrator',
  updateIssuer: 'administrator',
  discoverIssuer: 'administrator',
  refreshIssuer: 'operator',
  deleteIssuer: 'administrator',
  listSigningKeys: 'viewer',
  rotateSigningKey: 'administrator',
  revokeSigningKey: 'administrator',
  revokeToken: 'operator',
  listRevisions: 'viewer',
  readSeries: 'viewer',
  readTop: 'viewer',
  listSamples: 'viewer',
  getSample: 'viewer',
  readLifetimes: 'viewer',
  readLeastPrivilege: 'viewer',
  readStalled: 'viewer',
  listSharedCredentials: 'viewer',
  exportFindings: 'viewer',
  exportDecisions: 'viewer',
  listAuditEntries: 'viewer',
  exportAuditEntries: 'viewer',
  verifyAuditLog: 'viewer',
}

const ROLES = ['viewer', 'operator', 'administrator'] as const
const names = Object.keys(routes) as RouteName[]
const NOWHERE = {
  environment: 'production',
  service: 'nothing-here',
  clientId: 'nothing-here',
  id: '01939f6e-8c1a-7b3e-9d52-6f1f3a2b4c5d',
  number: 0,
}

let management: TestManagement
beforeAll(async () => {
  management = await startTestManagement()
})
afterAll(() => management.close())

const countEntries = () => management.control.database.prisma.auditEntry.count()

describe('each route', () => {
  it('is in the matrix', () => {
    expect(Object.keys(MATRIX).sort()).toEqual(names.toSorted())
  })

  it.each(names)('%s lets exactly those in whom the matrix names, and writes nothing for others', async (name) => {
    const route: RouteContract = routes[name]
    const needed = MATRIX[name]
    const entries = await countEntries()
    const body = route.body === null ? {} : { body: {} }
    const anonymous = await management.call(name, { token: null, params: NOWHERE, ...body })
    expect(anonymous.status === 401, 'anonymous').toBe(needed !== 'anyone')
    for (const role of ROLES) {
      const token = await createTestSession(management.control.database.prisma, management.accountIds[role])
      const { status } = await management.call(name, { token, params: NOWHERE, version: 1, ...body })
      const isAllowed = needed === 'anyone' || ROLES.indexOf(role) >= ROLES.indexOf(needed)
      expect(status === 403, role).toBe(!isAllowed)
      expect(status, role).not.toBe(401)
      expect(status, role).toBeLessThan(500)
    }
    expect(await countEntries()).toBe(entries + (name === 'signOut' ? 3 : 0))
  })

  it.each(names.filter((name) => ['operator', 'administrator'].includes(MATRIX[name])))(
    '%s is refused by the verb itself as well',
    async (name) => {
      const role = MATRIX[name] === 'administrator' ? 'operator' : 'viewer'
      const actor = testActor(role)
      const call = {
        ctx: management.control.ctx,
        actor,
        params: NOWHERE,
        query: {},
        body: {},
        version: 1,
        client: { address: '', userAgent: '', requestId: '' },
        authentication: { actor, via: 'session', sessionId: null, expiresAt: null },
      }
      const implement = implementations[name] as (call: unknown) => Promise<unknown> // called without its route
      await expect(implement(call)).rejects.toMatchObject({ code: 'forbidden' })
    },
  )
})
