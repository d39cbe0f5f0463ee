import { ManagementError, type ManagementClient } from '../setup/management-client.ts'

const PARAMS = { environment: 'production' }
const LOOK_EVERY_MS = 100
const SEEN_WITHIN_MS = 30_000

interface Theft {
  readonly client: ManagementClient
  readonly gatewayUrl: string
  /** Whose refresh token is stolen; it gets them from now on. */
  readonly clientId: string
  readonly secret: string
}

/** The owner goes on with its session, then the thief comes with the first token. Seconds until the overview tells. */
export async function stealRefreshToken(theft: Theft): Promise<number> {
  await allowRefreshTokens(theft)
  const first = await begin(theft)
  const second = await refresh(theft, first)
  if (second.token === null || (await refresh(theft, second.token)).token === null)
    throw new Error('the session of the owner does not go on')
  const { error } = await refresh(theft, first)
  const startedAtMs = performance.now()
  if (error !== 'invalid_grant') throw new Error(`the thief was answered ${error}`)
  while (!(await isSeen(theft))) {
    if (performance.now() - startedAtMs > SEEN_WITHIN_MS) throw new Error('the overview does not tell')
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
  }
  return (performance.now() - startedAtMs) / 1_000
}

async function allowRefreshTokens({ client, clientId }: Theft): Promise<void> {
  const { settingsVersion } = await client.call('getIdentity', { params: { ...PARAMS, clientId } })
  const body = { refreshTokens: { seconds: 3_600, idleSeconds: 600 } }
  await client.call('updateIdentitySetting', { params: { ...PARAMS, clientId }, ifMatch: settingsVersion, body })
}

interface Answer {
  readonly token: string | null
  readonly error: string
}

async function ask({ gatewayUrl, clientId, secret }: Theft, form: Record<string, string>): Promise<Answer> {
  const response = await fetch(`${gatewayUrl}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: clientId, client_secret: secret, ...form }),
  })
  const { refresh_token: token = null, error = '' } = (await response.json()) as {
    refresh_token?: string
    error?: string
  } // RFC 6749, section 5
  return { token, error }
}

const refresh = (theft: Theft, token: string): Promise<Answer> =>
  ask(theft, { grant_type: 'refresh_token', refresh_token: token })

/** Once every gateway knows that it may have a session. */
async function begin(theft: Theft): Promise<string> {
  const form = { grant_type: 'client_credentials', resource: 'orders', scope: 'orders:read offline_access' }
  for (;;) {
    const { token, error } = await ask(theft, form)
    if (token !== null) return token
    if (error !== 'invalid_scope') throw new ManagementError(400, error, 'no session')
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
  }
}

async function isSeen({ client, clientId }: Theft): Promise<boolean> {
  const { attention } = await client.call('getOverview', { params: PARAMS })
  return attention.some(({ kind, path }) => kind === 'token-reused' && path === `/identities/${clientId}`)
}
