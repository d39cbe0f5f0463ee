import type { CertificateCredential, ClientCredential } from '#lib/control/token/client.ts'
import { TokenError } from '#lib/control/token/token-error.ts'
import { bearsName } from '../mutual-tls/certificate-names.ts'
import { isValidAt } from '../mutual-tls/certificate-path.ts'
import type { ClientCertificate } from '../mutual-tls/client-certificate.ts'

/**
 * The credential that the certificate of the connection is: the very one that was registered (`self_signed_tls_client_auth`), or one
 * with a registered name that an authority vouches for (`tls_client_auth`; RFC 8705, section 2).
 */
export function findByCertificate(
  credentials: readonly ClientCredential[],
  certificate: ClientCertificate,
  now: Date,
): ClientCredential | null {
  if (!isValidAt(certificate.x509, now))
    throw new TokenError('invalid_client', 'The client certificate has expired, or is not valid yet.')
  const found = credentials.filter(
    (credential) => credential.kind === 'client-certificate' && isShown(credential, certificate),
  )
  if (new Set(found.map(({ environmentId }) => environmentId)).size > 1)
    throw new TokenError(
      'invalid_client',
      'The certificate is registered in several environments: use one of its own in each.',
    )
  return found.find(({ revokedAt }) => revokedAt === null) ?? found[0] ?? null
}

function isShown({ thumbprint, name }: CertificateCredential, certificate: ClientCertificate): boolean {
  if (name !== null) return certificate.isVouchedFor && bearsName(certificate.x509, name)
  return thumbprint === certificate.thumbprint
}
