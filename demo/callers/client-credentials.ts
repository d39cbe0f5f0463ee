export interface AccessToken {
  readonly value: string
  readonly expiresAtMs: number
}

export interface ClientSettings {
  readonly tokenEndpoint: string
  readonly clientId: string
  readonly userAgent: string
  /** Form fields or an Authorization header that prove who asks; made anew for each request. */
  prove(): Promise<{ readonly headers?: Record<string, string>; readonly form?: Record<string, string> }>
}

const TIMEOUT_MS = 5_000

/** Client secret, as RFC 6749 section 2.3.1 has it. */
export const bySecret = (clientId: string, secret: string): ClientSettings['prove'] => {
  const basic = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`).toString('base64')
  return () => Promise.resolve({ headers: { authorization: `Basic ${basic}` } })
}

/** An access token for one service, by the client credentials grant. */
export async function requestAccessToken(client: ClientSettings, audience: string): Promise<AccessToken> {
  const { headers = {}, form = {} } = await client.prove()
  const response = await fetch(client.tokenEndpoint, {
    method: 'POST',
    headers: { 'user-agent': client.userAgent, ...headers },
    body: new URLSearchParams({ grant_type: 'client_credentials', audience, ...form }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  const answer = (await response.json()) as { access_token?: string; expires_in?: number; error_description?: string } // RFC 6749, section 5
  if (answer.access_token === undefined)
    throw new Error(`no token for ${audience}: ${answer.error_description ?? response.status.toString()}`)
  return { value: answer.access_token, expiresAtMs: Date.now() + (answer.expires_in ?? 60) * 1_000 }
}

/** Keeps one token for each service until shortly before its end, however long that is. */
export function keepTokens(client: ClientSettings): (audience: string) => Promise<string> {
  const kept = new Map<string, AccessToken>()
  return async (audience) => {
    const known = kept.get(audience)
    if (known !== undefined && known.expiresAtMs - Date.now() > 30_000) return known.value
    const fresh = await requestAccessToken(client, audience)
    kept.set(audience, fresh)
    return fresh.value
  }
}
