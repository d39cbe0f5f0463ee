import { X509Certificate } from 'node:crypto'
import { ControlError } from '../control-error.ts'
import { certificateThumbprint } from './certificate-thumbprint.ts'

/** Reads one PEM certificate and answers its thumbprint. Throws `invalid-value` at /certificate. */
export function parseCertificate(text: string, now: Date): string {
  const trimmed = text.trim()
  if (trimmed.includes('PRIVATE KEY'))
    throw refused('contains a private key; send the certificate alone and treat this key as exposed')
  if (!/^-----BEGIN CERTIFICATE-----\r?\n[\s\S]+-----END CERTIFICATE-----$/.test(trimmed))
    throw refused('is not PEM (BEGIN CERTIFICATE)')
  if (trimmed.indexOf('BEGIN CERTIFICATE') !== trimmed.lastIndexOf('BEGIN CERTIFICATE'))
    throw refused('is a chain; send the client’s own certificate alone')
  const certificate = read(trimmed)
  if (certificate.validToDate <= now) throw refused(`expired at ${certificate.validToDate.toISOString()}`)
  return certificateThumbprint(certificate.raw)
}

function read(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem)
  } catch {
    throw refused('is damaged')
  }
}

const refused = (detail: string) =>
  new ControlError('invalid-value', `The certificate ${detail}.`, [{ pointer: '/certificate', detail }])
