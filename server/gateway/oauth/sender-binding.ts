import type { IncomingMessage } from 'node:http'
import { MACHINE_AUDIENCE } from '#lib/contract/machine.ts'
import type { ClientSetting } from '#lib/control/token/client.ts'
import type { SenderBinding } from '#lib/control/token/sign-access-token.ts'
import { TokenError } from '#lib/control/token/token-error.ts'
import type { ClientCertificate } from '../mutual-tls/client-certificate.ts'
import type { AuthenticatedClient } from './authenticate-client.ts'
import { readProvenKey, type ProofParts } from './dpop-proof.ts'

interface Sender {
  readonly authenticated: AuthenticatedClient
  readonly certificate: ClientCertificate | null
  readonly audience: string
}

const BEARER: SenderBinding = { kind: 'none' }

/**
 * What the token is bound to: the key of a DPoP proof (RFC 9449), else the certificate the client authenticated with, or has to be
 * bound to (RFC 8705, section 3). Throws where the identity's tokens must be bound and this one would not be.
 */
export async function readSenderBinding(
  request: IncomingMessage,
  { authenticated, certificate, audience }: Sender,
  parts: ProofParts,
  now: Date,
): Promise<SenderBinding> {
  const required = settingOf(authenticated).senderConstraint
  if (audience === MACHINE_AUDIENCE) {
    if (request.headers['dpop'] !== undefined)
      throw new TokenError('invalid_dpop_proof', `Tokens for ${MACHINE_AUDIENCE} are plain: leave out the DPoP header.`)
    return BEARER
  }
  const keyThumbprint = await readProvenKey(request.headers, parts, now)
  const binding = chooseBinding(keyThumbprint, certificate, authenticated, required)
  if (required !== 'none' && (required === 'any' ? binding.kind === 'none' : binding.kind !== required))
    throw new TokenError('invalid_request', DEMANDS[required])
  return binding
}

function chooseBinding(
  keyThumbprint: string | null,
  certificate: ClientCertificate | null,
  { credential }: AuthenticatedClient,
  required: ClientSetting['senderConstraint'],
): SenderBinding {
  if (keyThumbprint !== null) return { kind: 'dpop', thumbprint: keyThumbprint }
  const isWanted = credential.kind === 'client-certificate' || required === 'mutual-tls' || required === 'any'
  return certificate !== null && isWanted ? { kind: 'mutual-tls', thumbprint: certificate.thumbprint } : BEARER
}

const DEMANDS = {
  any: 'Tokens of this identity are bound to their sender: send a DPoP proof, or ask over mutual TLS.',
  dpop: 'Tokens of this identity are bound to a key: send a DPoP proof.',
  'mutual-tls': 'Tokens of this identity are bound to a certificate: ask over mutual TLS, without a DPoP proof.',
} as const

export function settingOf({ client, credential }: AuthenticatedClient): ClientSetting {
  const setting = client.settings.find(({ environmentId }) => environmentId === credential.environmentId)
  if (setting === undefined) throw new TokenError('temporarily_unavailable', 'The environment is not ready yet.')
  return setting
}
