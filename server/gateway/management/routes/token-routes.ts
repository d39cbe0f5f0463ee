import { reportLeakedSecrets } from '#lib/control/credential/report-leaked-secrets.ts'
import { discoverIssuer } from '#lib/control/issuer/discover-issuer.ts'
import { revokeSigningKey } from '#lib/control/signing-key/revoke-signing-key.ts'
import { readTokenActivity } from '#lib/control/token/read-token-activity.ts'
import { endTokenSession } from '#lib/control/token/refresh/end-token-session.ts'
import { listTokenSessions } from '#lib/control/token/refresh/list-token-sessions.ts'
import type { Implementations } from '../implementation.ts'

export const tokenRoutes = {
  listTokenSessions: ({ ctx, actor, params }) => listTokenSessions(ctx, actor, params.environment, params.clientId),
  endTokenSession: ({ ctx, actor, params }) => endTokenSession(ctx, actor, params.environment, params.id),
  readTokenActivity: ({ ctx, actor, params, query }) => readTokenActivity(ctx, actor, params.environment, query),
  reportLeakedSecrets: ({ ctx, body }) => reportLeakedSecrets(ctx, body),
  discoverIssuer: ({ actor, body }) => discoverIssuer(actor, body),
  revokeSigningKey: ({ ctx, actor, params, body }) => revokeSigningKey(ctx, actor, params.environment, params.id, body),
} as const satisfies Partial<Implementations>
