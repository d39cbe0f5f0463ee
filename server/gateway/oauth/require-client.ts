import type { IncomingMessage } from 'node:http'
import { TokenError } from '#lib/control/token/token-error.ts'
import type { GatewayCore } from '../gateway-core.ts'
import { readWorkload } from '../machine/instance-headers.ts'
import type { ClientCertificate } from '../mutual-tls/client-certificate.ts'
import { authenticateClient, type AuthenticatedClient } from './authenticate-client.ts'
import type { CredentialUseRegister } from './credential-use-register.ts'
import type { FailureThrottle } from './failure-throttle.ts'
import { readPresentedCredential } from './presented-credential.ts'

export interface ClientParts {
  readonly core: GatewayCore
  readonly throttle: FailureThrottle
  readonly uses: CredentialUseRegister
}

/** Who is told about in the records, as far as it is known when something is refused. */
export interface Attempt {
  /** As presented: not proven before `authenticated` is there. */
  clientId: string | null
  authenticated: AuthenticatedClient | null
  audience: string
}

export const newAttempt = (): Attempt => ({ clientId: null, authenticated: null, audience: '' })

/** The client that makes a request, proven. Throws `invalid_client`, and `slow_down` after too many failures. */
export async function requireClient(
  request: IncomingMessage,
  form: URLSearchParams,
  certificate: ClientCertificate | null,
  attempt: Attempt,
  { core, throttle, uses }: ClientParts,
): Promise<AuthenticatedClient> {
  const presented = readPresentedCredential(request.headers.authorization, form, certificate)
  attempt.clientId = presented.clientId
  const address = core.readAddress(request)
  const seconds = throttle.secondsToWait(presented.clientId, address)
  if (seconds > 0)
    throw new TokenError('slow_down', `Too many failed attempts; try again in ${seconds} seconds.`, 'refused', seconds)
  try {
    attempt.authenticated = await authenticateClient(presented, { ...core, tokenEndpoints: endpointsOf(core) })
  } catch (error) {
    if (error instanceof TokenError) throttle.failed(presented.clientId, address)
    throw error
  }
  uses.used(attempt.authenticated.credential.id, workloadOf(request), address)
  return attempt.authenticated
}

/** Under which a client may know the token endpoint. */
export const endpointsOf = ({ settings: { publicUrl, tls } }: GatewayCore): string[] =>
  [publicUrl, ...(tls === null ? [] : [tls.publicUrl])].map((base) => `${base}/oauth/token`)

/** The program that uses the credential, by its own word. */
function workloadOf({ headers }: IncomingMessage): string {
  const named = readWorkload(headers)
  if (named !== '') return named
  return /^[\x21-\x7e]{1,100}/.exec(headers['user-agent'] ?? '')?.[0].split('/')[0] ?? 'unnamed'
}
