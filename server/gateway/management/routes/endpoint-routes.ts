import { createEndpoint } from '#lib/control/endpoint/create-endpoint.ts'
import { deleteEndpoint } from '#lib/control/endpoint/delete-endpoint.ts'
import { importOpenApi } from '#lib/control/endpoint/import-openapi.ts'
import { getEndpoint, listEndpoints } from '#lib/control/endpoint/list-endpoints.ts'
import { readEvidence } from '#lib/control/endpoint/read-evidence.ts'
import { setEndpointRules } from '#lib/control/endpoint/set-endpoint-rules.ts'
import { updateEndpoint } from '#lib/control/endpoint/update-endpoint.ts'
import { createIssuer } from '#lib/control/issuer/create-issuer.ts'
import { deleteIssuer } from '#lib/control/issuer/delete-issuer.ts'
import { listIssuers, refreshIssuer } from '#lib/control/issuer/list-issuers.ts'
import { updateIssuer } from '#lib/control/issuer/update-issuer.ts'
import { changeModes } from '#lib/control/mode-change/change-modes.ts'
import { listModeChangeMarks } from '#lib/control/mode-change/list-mode-change-marks.ts'
import { compareForecast } from '#lib/control/mode-change/compare-forecast.ts'
import { listModeChanges } from '#lib/control/mode-change/list-mode-changes.ts'
import { previewModeChange } from '#lib/control/mode-change/preview-mode-change.ts'
import { undoModeChange } from '#lib/control/mode-change/undo-mode-change.ts'
import { readReplay } from '#lib/control/replay/read-replay.ts'
import { listRevisions } from '#lib/control/revision/list-revisions.ts'
import { listSigningKeys } from '#lib/control/signing-key/list-signing-keys.ts'
import { rotateEnvironmentKey } from '#lib/control/signing-key/rotate-environment-key.ts'
import { revokeAccessToken } from '#lib/control/token/revoke-access-token.ts'
import type { Implementations } from '../implementation.ts'

export const endpointRoutes = {
  importOpenApi: ({ ctx, actor, params, body }) => importOpenApi(ctx, actor, params.environment, params.service, body),
  listEndpoints: ({ ctx, actor, params, query }) => listEndpoints(ctx, actor, params.environment, query),
  createEndpoint: ({ ctx, actor, params, body }) => createEndpoint(ctx, actor, params.environment, body),
  getEndpoint: ({ ctx, actor, params }) => getEndpoint(ctx, actor, params.environment, params.id),
  updateEndpoint: ({ ctx, actor, params, version, body }) =>
    updateEndpoint(ctx, actor, params.environment, params.id, version, body),
  deleteEndpoint: ({ ctx, actor, params, version }) =>
    deleteEndpoint(ctx, actor, params.environment, params.id, version),
  setEndpointRules: ({ ctx, actor, params, body }) => setEndpointRules(ctx, actor, params.environment, body),
  readEvidence: ({ ctx, actor, params, body }) => readEvidence(ctx, actor, params.environment, params.id, body),
  replayDraft: ({ ctx, actor, params, body }) => readReplay(ctx, actor, params.environment, body),
  listModeChangeMarks: ({ ctx, actor, params, query }) => listModeChangeMarks(ctx, actor, params.environment, query),
  compareForecast: ({ ctx, actor, params }) => compareForecast(ctx, actor, params.environment, params.id),
  listModeChanges: ({ ctx, actor, params, query }) => listModeChanges(ctx, actor, params.environment, params.id, query),
  previewModeChange: ({ ctx, actor, params, body }) => previewModeChange(ctx, actor, params.environment, body),
  changeModes: ({ ctx, actor, params, body }) => changeModes(ctx, actor, params.environment, body),
  undoModeChange: ({ ctx, actor, params, body }) => undoModeChange(ctx, actor, params.environment, body),

  listIssuers: ({ ctx, actor, params }) => listIssuers(ctx, actor, params.environment),
  createIssuer: ({ ctx, actor, params, body }) => createIssuer(ctx, actor, params.environment, body),
  updateIssuer: ({ ctx, actor, params, version, body }) =>
    updateIssuer(ctx, actor, params.environment, params.id, version, body),
  refreshIssuer: ({ ctx, actor, params }) => refreshIssuer(ctx, actor, params.environment, params.id),
  deleteIssuer: ({ ctx, actor, params, version }) => deleteIssuer(ctx, actor, params.environment, params.id, version),
  listSigningKeys: ({ ctx, actor, params }) => listSigningKeys(ctx, actor, params.environment),
  rotateSigningKey: ({ ctx, actor, params, body }) => rotateEnvironmentKey(ctx, actor, params.environment, body),
  revokeToken: ({ ctx, actor, params, body }) => revokeAccessToken(ctx, actor, params.environment, body),
  listRevisions: ({ ctx, actor, params, query }) => listRevisions(ctx, actor, params.environment, query),
} as const satisfies Partial<Implementations>
