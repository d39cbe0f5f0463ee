import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { StartupError } from '../../startup-error.ts'

export interface ServerCertificate {
  readonly cert: string
  readonly key: string
}

/** Throws one sentence when a file cannot be read, or certificate and key do not belong together. */
export function readServerCertificate(files: {
  readonly certificateFile: string
  readonly keyFile: string
}): ServerCertificate {
  const cert = readText('STEPGATE_TLS_CERTIFICATE', files.certificateFile)
  const key = readText('STEPGATE_TLS_KEY', files.keyFile)
  const [leaf] = parseCertificates('STEPGATE_TLS_CERTIFICATE', cert)
  if (!leaf?.checkPrivateKey(parseKey(key)))
    throw new StartupError('STEPGATE_TLS_KEY is not the key of the first certificate in STEPGATE_TLS_CERTIFICATE.')
  return { cert, key }
}

/** The authorities of STEPGATE_CLIENT_CA; none without the setting. */
export const readAuthorities = (file: string | null): X509Certificate[] =>
  file === null ? [] : parseCertificates('STEPGATE_CLIENT_CA', readText('STEPGATE_CLIENT_CA', file))

function readText(setting: string, file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new StartupError(`${setting}: ${file} cannot be read.`, { cause: error })
  }
}

function parseCertificates(setting: string, pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g)
  if (blocks === null) throw new StartupError(`${setting} contains no certificate (PEM, BEGIN CERTIFICATE).`)
  try {
    return blocks.map((block) => new X509Certificate(block))
  } catch (error) {
    throw new StartupError(`${setting} contains a damaged certificate.`, { cause: error })
  }
}

function parseKey(pem: string) {
  try {
    return createPrivateKey(pem)
  } catch (error) {
    throw new StartupError('STEPGATE_TLS_KEY contains no private key that can be read (PEM, without a password).', {
      cause: error,
    })
  }
}
