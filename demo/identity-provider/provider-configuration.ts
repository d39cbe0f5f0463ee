import type { ProviderContext } from 'oidc-provider'

export interface Customer {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly password: string
}

export interface ProviderKeys {
  readonly signingKey: object
  readonly cookieKey: string
}

/** What customers may do at the shop. */
export const CUSTOMER_SCOPES =
  'cart:read cart:write checkout:create account:read account:write returns:create orders:read charges:read'
export const SHOP_CLIENT_ID = 'shop-app'
const SHOP_RESOURCE = 'https://shop.example/api'
const ACCESS_TOKEN_SECONDS = 600
const DAY_SECONDS = 86_400

/** The shop's own application needs no consent page. */
async function grantShop(ctx: ProviderContext) {
  const { client, session, provider } = ctx.oidc
  const known = session.grantIdFor(client.clientId)
  if (known !== undefined) return provider.Grant.find(known)
  const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId })
  grant.addOIDCScope('openid')
  grant.addResourceScope(SHOP_RESOURCE, CUSTOMER_SCOPES)
  await grant.save()
  return grant
}

export function providerConfiguration(
  customers: readonly Customer[],
  keys: ProviderKeys,
  audience: string,
  redirectUri: string,
): object {
  return {
    clients: [
      {
        client_id: SHOP_CLIENT_ID,
        client_name: 'The shop',
        token_endpoint_auth_method: 'none',
        redirect_uris: [redirectUri],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        id_token_signed_response_alg: 'ES256',
      },
    ],
    jwks: { keys: [keys.signingKey] },
    cookies: { keys: [keys.cookieKey] },
    scopes: ['openid'],
    findAccount: (_ctx: unknown, id: string) => {
      const customer = customers.find((candidate) => candidate.id === id)
      return customer === undefined
        ? undefined
        : { accountId: id, claims: () => ({ sub: id, email: customer.email, name: customer.name }) }
    },
    loadExistingGrant: grantShop,
    issueRefreshToken: () => true,
    expiresWithSession: () => false,
    renderError: (ctx: { type: string; body: string }, out: { error: string; error_description?: string }) => {
      ctx.type = 'text/plain'
      ctx.body = `${out.error}: ${out.error_description ?? 'no further detail'}`
    },
    interactions: { url: (_ctx: unknown, interaction: { uid: string }) => `/sign-in/${interaction.uid}` },
    ttl: { RefreshToken: DAY_SECONDS, Grant: DAY_SECONDS, Session: 3_600, Interaction: 600, IdToken: 600 },
    features: {
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => SHOP_RESOURCE,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: CUSTOMER_SCOPES,
          audience,
          accessTokenTTL: ACCESS_TOKEN_SECONDS,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
  }
}
