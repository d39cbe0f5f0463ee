import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'

export interface KeyPair {
  readonly cert: string
  readonly key: string
}

/** Where a certificate and its key are kept, and what was found there at the start. */
export interface CertificateFiles {
  readonly certFile: string
  readonly keyFile: string
  readonly pair: KeyPair
}

/** Throws when the files cannot be read or do not belong together. */
export function readCertificateFiles(certFile: string, keyFile: string): CertificateFiles {
  const pair = { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') }
  createSecureContext(pair)
  return { certFile, keyFile, pair }
}
