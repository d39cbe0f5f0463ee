import type { X509Certificate } from 'node:crypto'

const INTERMEDIATES_MAX = 4
/** RFC 5280, section 4.2.1.12. */
const CLIENT_AUTHENTICATION = '1.3.6.1.5.5.7.3.2'

/**
 * Whether one of the authorities issued the certificate, through at most four others that were shown with it. Everything on the
 * way must be valid now. The proxy that ended the connection has verified the path as TLS does, name constraints included; this
 * says by which authorities.
 */
export function isVouchedFor(
  certificate: X509Certificate,
  chain: readonly X509Certificate[],
  authorities: readonly X509Certificate[],
  now: Date,
): boolean {
  const purposes = certificate.keyUsage as readonly string[] | undefined // extended key usage; absent where any is allowed
  if (purposes !== undefined && !purposes.includes(CLIENT_AUTHENTICATION)) return false
  return isIssuedBy(certificate, chain.slice(0, INTERMEDIATES_MAX), authorities, now)
}

function isIssuedBy(
  subject: X509Certificate,
  chain: readonly X509Certificate[],
  authorities: readonly X509Certificate[],
  now: Date,
): boolean {
  if (!isValidAt(subject, now)) return false
  if (authorities.some((authority) => isIssuer(authority, subject) && isValidAt(authority, now))) return true
  const [next, ...rest] = chain
  return next !== undefined && isIssuer(next, subject) && isIssuedBy(next, rest, authorities, now)
}

const isIssuer = (issuer: X509Certificate, subject: X509Certificate): boolean =>
  issuer.ca && subject.checkIssued(issuer) && subject.verify(issuer.publicKey)

export const isValidAt = ({ validFromDate, validToDate }: X509Certificate, now: Date): boolean =>
  validFromDate <= now && now < validToDate
