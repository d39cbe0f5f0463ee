import { createCredential } from '#lib/control/credential/create-credential.ts'
import { listCredentials } from '#lib/control/credential/list-credentials.ts'
import { revokeCredential } from '#lib/control/credential/revoke-credential.ts'
import { createEnvironment } from '#lib/control/environment/create-environment.ts'
import { getEnvironment } from '#lib/control/environment/get-environment.ts'
import { listEnvironments } from '#lib/control/environment/list-environments.ts'
import { updateEnvironment } from '#lib/control/environment/update-environment.ts'
import { acceptDevice } from '#lib/control/device/accept-device.ts'
import { listDevices } from '#lib/control/device/list-devices.ts'
import { removeDevice } from '#lib/control/device/remove-device.ts'
import { createGrant } from '#lib/control/grant/create-grant.ts'
import { deleteGrant } from '#lib/control/grant/delete-grant.ts'
import { listGrants } from '#lib/control/grant/list-grants.ts'
import { createIdentity } from '#lib/control/identity/create-identity.ts'
import { deleteIdentity } from '#lib/control/identity/delete-identity.ts'
import { getIdentityPosture, listIdentities } from '#lib/control/identity/list-identities.ts'
import { readIdentityEvidence } from '#lib/control/identity/read-identity-evidence.ts'
import { updateIdentitySetting } from '#lib/control/identity/update-identity-setting.ts'
import { updateIdentity } from '#lib/control/identity/update-identity.ts'
import { listInstances } from '#lib/control/instance/list-instances.ts'
import { createScope } from '#lib/control/scope/create-scope.ts'
import { deleteScope } from '#lib/control/scope/delete-scope.ts'
import { getScopePosture, listScopes } from '#lib/control/scope/list-scopes.ts'
import { updateScope } from '#lib/control/scope/update-scope.ts'
import { createService } from '#lib/control/service/create-service.ts'
import { deleteService } from '#lib/control/service/delete-service.ts'
import { getServicePosture, listServices } from '#lib/control/service/list-services.ts'
import { updateServiceSetting } from '#lib/control/service/update-service-setting.ts'
import { updateService } from '#lib/control/service/update-service.ts'
import type { Implementations } from '../implementation.ts'

export const catalogRoutes = {
  listEnvironments: ({ ctx, actor }) => listEnvironments(ctx, actor),
  createEnvironment: ({ ctx, actor, body }) => createEnvironment(ctx, actor, body),
  getEnvironment: ({ ctx, actor, params }) => getEnvironment(ctx, actor, params.environment),
  updateEnvironment: ({ ctx, actor, params, version, body }) =>
    updateEnvironment(ctx, actor, params.environment, version, body),

  listServices: ({ ctx, actor, params, query }) => listServices(ctx, actor, params.environment, query),
  createService: ({ ctx, actor, body }) => createService(ctx, actor, body),
  getService: ({ ctx, actor, params }) => getServicePosture(ctx, actor, params.environment, params.service),
  updateService: ({ ctx, actor, params, version, body }) => updateService(ctx, actor, params.service, version, body),
  deleteService: ({ ctx, actor, params, version }) => deleteService(ctx, actor, params.service, version),
  updateServiceSetting: ({ ctx, actor, params, version, body }) =>
    updateServiceSetting(ctx, actor, params.environment, params.service, version, body),
  listInstances: ({ ctx, actor, params, query }) => listInstances(ctx, actor, params.environment, query),

  listIdentities: ({ ctx, actor, params, query }) => listIdentities(ctx, actor, params.environment, query),
  createIdentity: ({ ctx, actor, body }) => createIdentity(ctx, actor, body),
  getIdentity: ({ ctx, actor, params }) => getIdentityPosture(ctx, actor, params.environment, params.clientId),
  readIdentityEvidence: ({ ctx, actor, params, query }) =>
    readIdentityEvidence(ctx, actor, params.environment, params.clientId, query),
  updateIdentity: ({ ctx, actor, params, version, body }) => updateIdentity(ctx, actor, params.clientId, version, body),
  deleteIdentity: ({ ctx, actor, params, version }) => deleteIdentity(ctx, actor, params.clientId, version),
  updateIdentitySetting: ({ ctx, actor, params, version, body }) =>
    updateIdentitySetting(ctx, actor, params.environment, params.clientId, version, body),
  listCredentials: ({ ctx, actor, params }) => listCredentials(ctx, actor, params.environment, params.clientId),
  createCredential: ({ ctx, actor, params, body }) =>
    createCredential(ctx, actor, params.environment, params.clientId, body),
  revokeCredential: ({ ctx, actor, params }) => revokeCredential(ctx, actor, params.environment, params.id),

  listScopes: ({ ctx, actor, params, query }) => listScopes(ctx, actor, params.environment, query),
  getScope: ({ ctx, actor, params }) => getScopePosture(ctx, actor, params.environment, params.id),
  createScope: ({ ctx, actor, body }) => createScope(ctx, actor, body),
  updateScope: ({ ctx, actor, params, version, body }) => updateScope(ctx, actor, params.id, version, body),
  deleteScope: ({ ctx, actor, params, version }) => deleteScope(ctx, actor, params.id, version),
  listDevices: ({ ctx, actor, params, query }) => listDevices(ctx, actor, params.environment, query),
  acceptDevice: ({ ctx, actor, params, body }) => acceptDevice(ctx, actor, params.environment, body),
  removeDevice: ({ ctx, actor, params }) => removeDevice(ctx, actor, params.environment, params.id),
  listGrants: ({ ctx, actor, params, query }) => listGrants(ctx, actor, params.environment, query),
  createGrant: ({ ctx, actor, params, body }) => createGrant(ctx, actor, params.environment, body),
  deleteGrant: ({ ctx, actor, params }) => deleteGrant(ctx, actor, params.environment, params.id),
} as const satisfies Partial<Implementations>
