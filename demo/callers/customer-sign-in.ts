import { createHash, randomBytes } from 'node:crypto'
import type { Customer } from '../identity-provider/provider-configuration.ts'

export interface CustomerTokens {
  readonly accessToken: string
  readonly refreshToken: string
  readonly expiresAtMs: number
}

export interface IdentityProvider {
  readonly issuer: string
  readonly clientId: string
  readonly redirectUri: string
  readonly scope: string
}

const TIMEOUT_MS = 10_000
const REDIRECTS_MAX = 8

/** A browser without windows: keeps cookies, does not follow redirects by itself. */
class CookieJar {
  readonly #cookies = new Map<string, string>()

  async request(url: URL, init: RequestInit = {}): Promise<Response> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(url, {
      ...init,
      headers: { ...(init.headers as Record<string, string> | undefined), cookie },
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';')
      const cut = pair.indexOf('=')
      this.#cookies.set(pair.slice(0, cut), pair.slice(cut + 1))
    }
    return response
  }
}

/** Follows redirects until the identity provider shows its page, or sends the browser back to the shop. */
async function follow(
  jar: CookieJar,
  from: URL,
  init: RequestInit,
  provider: IdentityProvider,
): Promise<{ url: URL; isBack: boolean }> {
  let url = from
  let next: RequestInit = init
  for (let hop = 0; hop < REDIRECTS_MAX; hop++) {
    const response = await jar.request(url, next)
    await response.body?.cancel()
    const location = response.headers.get('location')
    if (location === null) return { url, isBack: false }
    url = new URL(location, url)
    if (url.href.startsWith(provider.redirectUri)) return { url, isBack: true }
    next = {}
  }
  throw new Error('the identity provider redirects in a circle')
}

async function exchange(provider: IdentityProvider, form: Record<string, string>): Promise<CustomerTokens> {
  const response = await fetch(`${provider.issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: provider.clientId, ...form }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  const answer = (await response.json()) as {
    access_token?: string
    refresh_token?: string
    expires_in?: number
    error?: string
  } // RFC 6749, section 5
  if (answer.access_token === undefined)
    throw new Error(`the identity provider gave no token: ${answer.error ?? response.status.toString()}`)
  return {
    accessToken: answer.access_token,
    refreshToken: answer.refresh_token ?? '',
    expiresAtMs: Date.now() + (answer.expires_in ?? 60) * 1_000,
  }
}

/** Authorization code with PKCE (RFC 7636), through the sign-in page. */
export async function signInCustomer(provider: IdentityProvider, customer: Customer): Promise<CustomerTokens> {
  const verifier = randomBytes(32).toString('base64url')
  const state = randomBytes(16).toString('base64url')
  const start = new URL(`${provider.issuer}/auth`)
  start.search = new URLSearchParams({
    client_id: provider.clientId,
    response_type: 'code',
    redirect_uri: provider.redirectUri,
    scope: `openid ${provider.scope}`,
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }).toString()
  const jar = new CookieJar()
  const { url: signInPage } = await follow(jar, start, {}, provider)
  const form = new URLSearchParams({ email: customer.email, password: customer.password })
  const back = await follow(jar, signInPage, { method: 'POST', body: form }, provider)
  const code = back.url.searchParams.get('code')
  if (!back.isBack || code === null || back.url.searchParams.get('state') !== state)
    throw new Error(`${customer.email} could not sign in`)
  return exchange(provider, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: provider.redirectUri,
    code_verifier: verifier,
  })
}

export const refreshTokens = (provider: IdentityProvider, tokens: CustomerTokens): Promise<CustomerTokens> =>
  exchange(provider, { grant_type: 'refresh_token', refresh_token: tokens.refreshToken })
