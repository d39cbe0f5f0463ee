import type { RouteBody, RouteName } from '#lib/contract/routes.ts'

const ID = '01939f6e-8c1a-7b3e-9d52-6f1f3a2b4c5d'

/** A body of each route one is likely to write by hand. */
export const EXAMPLES: { readonly [Name in RouteName]?: RouteBody<Name> } = {
  signIn: { email: 'ada@example.com', password: 'correct horse battery staple' },
  inviteAccount: { email: 'ada@example.com', name: 'Ada Lovelace', role: 'operator' },
  createApiToken: { name: 'Continuous integration', role: 'operator', expiresInDays: 90 },
  createEnvironment: { slug: 'production', name: 'Production', defaultTokenLifetimeSeconds: 900 },
  createService: { slug: 'orders', name: 'Orders', team: 'Checkout' },
  updateServiceSetting: { undeclaredMode: 'log-only' },
  createIdentity: { clientId: 'partner-webhooks', name: 'Partner webhooks' },
  updateIdentitySetting: { disabled: true, reason: 'Its secret was found in a public repository' },
  createCredential: { kind: 'client-secret', name: 'November 2026', expiresInDays: 365 },
  createScope: { serviceSlug: 'orders', name: 'orders:read', description: 'Read orders' },
  createGrant: { clientId: 'partner-webhooks', scopeId: ID, note: 'Reconciliation' },
  createEndpoint: {
    serviceSlug: 'orders',
    method: 'GET',
    route: '/orders/:orderId',
    rule: { access: 'token', requirements: [{ kind: 'scopes', allOf: ['orders:read'] }] },
  },
  updateEndpoint: { rule: { access: 'token', requirements: [{ kind: 'max-token-age', seconds: 300 }] } },
  readEvidence: { windowHours: 168 },
  replayDraft: { draft: { kind: 'grants', removed: [{ clientId: 'partner-webhooks', scopeId: ID }] }, days: 30 },
  previewModeChange: { changes: [{ endpointId: ID, mode: 'enforce', percent: 10 }] },
  changeModes: { changes: [{ endpointId: ID, mode: 'log-only' }], reason: 'A caller was refused that nobody expected' },
  createIssuer: { name: 'customers', issuer: 'https://login.example.com', audience: 'storefront' },
  discoverIssuer: { issuer: 'https://login.example.com' },
  rotateSigningKey: { purpose: 'token' },
  revokeSigningKey: { reason: 'A backup with the key was lost' },
  reportLeakedSecrets: { items: [{ secret: 'sg_live_…', url: 'https://example.com/leak' }] },
}
