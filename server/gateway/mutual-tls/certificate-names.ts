import type { X509Certificate } from 'node:crypto'
import type { CertificateName } from '#lib/control/token/client.ts'

const SAN_LABELS = { 'san-dns': 'DNS', 'san-uri': 'URI', 'san-ip': 'IP Address', 'san-email': 'email' } as const

/** Whether the certificate bears the name (RFC 8705, section 2.1.2). */
export function bearsName(certificate: X509Certificate, { type, value }: CertificateName): boolean {
  if (type === 'subject-dn') return distinguishedName(certificate) === normalizeDistinguishedName(value)
  const label = SAN_LABELS[type]
  const names = listNames(certificate)
  if (type !== 'san-dns') return names.includes(`${label}:${value}`)
  return names.some((name) => name.toLowerCase() === `dns:${value.toLowerCase()}`)
}

/** Node writes a comma within a name as \\u002c: none passes for several. */
const listNames = ({ subjectAltName = '' }: X509Certificate): string[] => subjectAltName.split(', ')

/** RFC 4514: the most specific name first. Node prints one name a line, escaped as RFC 4514 asks, the most general first. */
const distinguishedName = ({ subject }: X509Certificate): string => subject.split('\n').toReversed().join(',')

const normalizeDistinguishedName = (name: string): string => name.replace(/(?<!\\),\s+/g, ',')
