import { X509Certificate } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { TokenError } from '#lib/control/token/token-error.ts'

const HEADER_LENGTH_MAX = 32_768
const CHAIN_MAX = 6
/** A byte sequence of structured fields (RFC 8941, section 3.3.5). */
const BYTES = /^:([A-Za-z0-9+/]+={0,2}):$/

export interface ShownCertificate {
  readonly certificate: X509Certificate
  /** Without the client’s own, in the order of the handshake. */
  readonly chain: readonly X509Certificate[]
}

/** `Client-Cert` and `Client-Cert-Chain` (RFC 9440, section 2); null where neither is there. Throws `invalid_request`. */
export function parseCertificateHeaders(headers: IncomingHttpHeaders): ShownCertificate | null {
  const [certificate, chain] = [headers['client-cert'], headers['client-cert-chain']]
  if (certificate === undefined && chain === undefined) return null
  if (certificate === undefined) throw refused('Client-Cert-Chain is sent without Client-Cert.')
  const items = chain === undefined ? [] : String(chain).split(',')
  if (items.length > CHAIN_MAX) throw refused(`Client-Cert-Chain has more than ${CHAIN_MAX} certificates.`)
  return {
    certificate: read('Client-Cert', String(certificate)),
    chain: items.map((item) => read('Client-Cert-Chain', item)),
  }
}

function read(header: string, item: string): X509Certificate {
  const [, base64] = item.length > HEADER_LENGTH_MAX ? [] : (BYTES.exec(item.trim()) ?? [])
  if (base64 === undefined) throw refused(`${header} is not a certificate in DER, as a byte sequence (RFC 9440).`)
  try {
    return new X509Certificate(Buffer.from(base64, 'base64'))
  } catch {
    throw refused(`${header} is not an X.509 certificate.`)
  }
}

const refused = (description: string): TokenError => new TokenError('invalid_request', description)
