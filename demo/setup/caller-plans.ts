export interface IntegrationPlan {
  readonly clientId: string
  readonly name: string
  readonly description: string
  readonly credential: 'client-secret' | 'public-key'
  readonly tokenLifetime?: { readonly seconds: number; readonly reason: string }
}

/** Callers from outside the fleet that have an identity. */
export const INTEGRATION_PLANS: readonly IntegrationPlan[] = [
  {
    clientId: 'partner-webhooks',
    name: 'Marketplace partner',
    description: 'Places the marketplace’s orders and reports its settlements. Proves itself with a private key.',
    credential: 'public-key',
  },
  {
    clientId: 'reporting',
    name: 'Reporting',
    description: 'Loads figures into the data warehouse.',
    credential: 'client-secret',
    tokenLifetime: {
      seconds: 86_400,
      reason: 'The nightly load cannot renew a token while it runs; asked for by the data team.',
    },
  },
  {
    clientId: 'backoffice',
    name: 'Backoffice',
    description: 'The customer service’s tool.',
    credential: 'client-secret',
  },
]

export interface GrantPlan {
  readonly clientId: string
  readonly serviceSlug: string
  readonly scopes: readonly string[]
  readonly note?: string
}

/** Who may do what. All of it is used, but for one grant that nobody remembers. */
export const GRANT_PLANS: readonly GrantPlan[] = [
  { clientId: 'storefront', serviceSlug: 'orders', scopes: ['orders:create', 'orders:read', 'returns:accept'] },
  { clientId: 'storefront', serviceSlug: 'inventory', scopes: ['stock:read'] },
  { clientId: 'orders', serviceSlug: 'inventory', scopes: ['reservations:create', 'reservations:commit'] },
  {
    clientId: 'orders',
    serviceSlug: 'payments',
    scopes: ['charges:create', 'charges:capture', 'charges:read', 'refunds:create'],
  },
  { clientId: 'orders', serviceSlug: 'notifications', scopes: ['emails:send', 'webhooks:send'] },
  { clientId: 'payments', serviceSlug: 'notifications', scopes: ['emails:send'] },
  { clientId: 'inventory', serviceSlug: 'orders', scopes: ['shipments:create', 'demand:read'] },
  {
    clientId: 'inventory',
    serviceSlug: 'inventory',
    scopes: ['stock:read', 'stock:write'],
    note: 'For the stock sync.',
  },
  { clientId: 'notifications', serviceSlug: 'payments', scopes: ['charges:read'] },
  {
    clientId: 'notifications',
    serviceSlug: 'payments',
    scopes: ['refunds:create'],
    note: 'For refunds by reply to a mail. That was never built.',
  },
  { clientId: 'partner-webhooks', serviceSlug: 'orders', scopes: ['partner-orders:create', 'orders:read'] },
  { clientId: 'partner-webhooks', serviceSlug: 'payments', scopes: ['settlements:create'] },
  { clientId: 'reporting', serviceSlug: 'orders', scopes: ['sales:read'] },
  { clientId: 'reporting', serviceSlug: 'payments', scopes: ['ledger:read', 'payouts:read'] },
  { clientId: 'reporting', serviceSlug: 'inventory', scopes: ['stock:read', 'warehouses:read'] },
  { clientId: 'backoffice', serviceSlug: 'orders', scopes: ['orders:read', 'orders:update', 'orders:cancel'] },
  { clientId: 'backoffice', serviceSlug: 'payments', scopes: ['charges:read', 'refunds:read'] },
  { clientId: 'backoffice', serviceSlug: 'notifications', scopes: ['messages:read'] },
]

/** Name under which the shop's customers appear: `user@shop-login`. */
export const ISSUER_NAME = 'shop-login'
/** `aud` of customers' tokens. */
export const CUSTOMER_AUDIENCE = 'storefront'
